#include <algorithm>
#include <cerrno>
#include <fstream>
#include <span>
#include <system_error>

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <mollify/datasets/storage/atomic_file.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/trainers/program/run/optional_number.hpp>
#include <mollify/trainers/program/run/run_log.hpp>

namespace mollify {
namespace {

using nlohmann::json;

[[noreturn]] void fail(const std::filesystem::path& path, const char* what) {
    throw DataError(path.string(), "", std::string(what) + ": " + std::generic_category().message(errno),
                    errno == ENOSPC ? "make room on the disk, then go on with --resume"
                                    : "check the folder and its permissions");
}

/// Where the last line ends that is whole within the first `bytes` of a file.
std::uint64_t whole_lines(int descriptor, std::uint64_t bytes) {
    const auto size = ::lseek(descriptor, 0, SEEK_END);
    std::uint64_t end = std::min(bytes, static_cast<std::uint64_t>(size < 0 ? 0 : size));
    char last = 0;
    while (end > 0 && ::pread(descriptor, &last, 1, static_cast<off_t>(end - 1)) == 1 && last != '\n') --end;
    return end;
}

}  // namespace

void to_json(json& out, const StepMetrics& m) {
    out = {{"kind", "step"},
           {"iteration", m.iteration},
           {"epoch", m.epoch},
           {"loss", m.loss},
           {"noise_level", m.noise_level},
           {"skipped", m.skipped},
           {"samples_per_second", m.samples_per_second},
           {"data_wait", m.data_wait},
           {"seconds", m.seconds}};
}

void from_json(const json& in, StepMetrics& m) {
    in.at("iteration").get_to(m.iteration);
    in.at("epoch").get_to(m.epoch);
    in.at("loss").get_to(m.loss);
    in.at("noise_level").get_to(m.noise_level);
    in.at("skipped").get_to(m.skipped);
    in.at("samples_per_second").get_to(m.samples_per_second);
    in.at("data_wait").get_to(m.data_wait);
    in.at("seconds").get_to(m.seconds);
}

void to_json(json& out, const EvaluationMetrics& m) {
    out = {{"kind", "evaluation"},
           {"iteration", m.iteration},
           {"epoch", m.epoch},
           {"test_log_likelihood", m.test},
           {"validation_log_likelihood", m.validation},
           {"non_finite", m.non_finite},
           {"best", m.best},
           {"seconds", m.seconds}};
}

void from_json(const json& in, EvaluationMetrics& m) {
    in.at("iteration").get_to(m.iteration);
    in.at("epoch").get_to(m.epoch);
    in.at("test_log_likelihood").get_to(m.test);
    in.at("validation_log_likelihood").get_to(m.validation);
    in.at("non_finite").get_to(m.non_finite);
    in.at("best").get_to(m.best);
    in.at("seconds").get_to(m.seconds);
}

Metrics read_metrics(const std::filesystem::path& path) {
    std::ifstream in(path);
    if (!in) throw DataError(path.string(), "", "cannot open the file", "name the folder of a run");
    Metrics metrics;
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        if (in.eof()) {  // no newline
            spdlog::warn("{}: line {} is cut short, and passed over", path.string(), number);
            break;
        }
        try {
            const auto parsed = json::parse(line);
            const auto kind = parsed.at("kind").get<std::string>();
            if (kind == "step") metrics.steps.push_back(parsed.get<StepMetrics>());
            if (kind == "evaluation") metrics.evaluations.push_back(parsed.get<EvaluationMetrics>());
        } catch (const json::exception& error) {
            throw DataError(path.string(), "line " + std::to_string(number), error.what(), "remove the line");
        }
    }
    return metrics;
}

MetricsLog::MetricsLog(std::filesystem::path path, std::uint64_t bytes)
    : path_(std::move(path)),
      descriptor_(::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
    if (descriptor_ < 0) fail(path_, "cannot open the file");
    bytes_ = whole_lines(descriptor_, bytes);
    if (bytes_ != bytes) {
        spdlog::warn(
            "{}: the last {} of the {} bytes that the checkpoint knows of are not there, or no whole line: "
            "the run goes on without them",
            path_.string(), bytes - bytes_, bytes);
    }
    if (::ftruncate(descriptor_, static_cast<off_t>(bytes_)) != 0) fail(path_, "cannot cut the file");
}

MetricsLog::~MetricsLog() { ::close(descriptor_); }

void MetricsLog::write(const json& line) {
    const std::string text = line.dump() + "\n";
    if (!write_all(descriptor_, std::as_bytes(std::span(text)))) fail(path_, "cannot write to the file");
    bytes_ += text.size();
}

std::uint64_t MetricsLog::sync() {
    if (::fsync(descriptor_) != 0) fail(path_, "cannot sync the file");
    return bytes_;
}

}  // namespace mollify
