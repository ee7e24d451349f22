#include <cmath>
#include <cstdio>

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <mollify/trainers/program/run/optional_number.hpp>
#include <mollify/trainers/program/run/progress.hpp>

namespace mollify {
namespace {

constexpr std::chrono::milliseconds kTerminalInterval{200};
constexpr std::chrono::seconds kLogInterval{10};
constexpr int kDigits = 3;

std::string duration(double seconds) {
    const auto whole = static_cast<long long>(std::llround(seconds));
    if (whole < 60) return fmt::format("{} s", whole);
    if (whole < 3600) return fmt::format("{}:{:02} min", whole / 60, whole % 60);
    return fmt::format("{}:{:02} h", whole / 3600, whole / 60 % 60);
}

}  // namespace

Progress::Progress(bool quiet, std::uint64_t begin, std::uint64_t total)
    : quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1), begin_(begin), total_(total) {
    if (quiet_ && !terminal_) next_ += kLogInterval;  // nothing of a short run
}

Progress::~Progress() {
    if (quiet_) clear();
    if (on_line_) std::fputc('\n', stderr);
}

bool Progress::due() const { return Clock::now() >= next_; }

std::string Progress::line(const StepMetrics& metrics) const {
    const std::chrono::duration<double> elapsed = Clock::now() - started_;
    const auto done = static_cast<double>(metrics.iteration - begin_);
    const auto left = done > 0 ? static_cast<double>(total_ - metrics.iteration) * elapsed.count() / done : 0;
    return fmt::format("{}/{}  loss {}  noise {:.4f}  {:.0f} samples/s  data wait {:.1f} %  {} left",
                       metrics.iteration, total_, number(metrics.loss, kDigits), metrics.noise_level,
                       metrics.samples_per_second, 100 * metrics.data_wait, duration(left));
}

void Progress::clear() {
    if (on_line_) std::fputs("\r\x1b[K", stderr);
    on_line_ = false;
}

void Progress::step(const StepMetrics& metrics) {
    if (quiet_ && !due()) return;
    if (terminal_) {
        clear();
        std::fputs(line(metrics).c_str(), stderr);
        std::fflush(stderr);
        on_line_ = true;
        next_ = Clock::now() + kTerminalInterval;
    } else {
        spdlog::info("{}", line(metrics));
        next_ = Clock::now() + kLogInterval;
    }
}

void Progress::evaluation(const EvaluationMetrics& metrics, const Data& data) {
    if (quiet_) return;
    clear();
    auto text = fmt::format("{}/{}", metrics.iteration, total_);
    if (data.test) text += "  test " + number(metrics.test, kDigits);
    if (data.validation) text += "  validation " + number(metrics.validation, kDigits);
    text += " nats";
    if (metrics.best) text += "  (best so far)";
    if (metrics.non_finite)
        text += fmt::format("  {} samples without a finite likelihood", metrics.non_finite);
    spdlog::info("{}", text);
}

}  // namespace mollify
