#include <algorithm>
#include <chrono>

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <mollify/pipeline/parallel_rows.hpp>

namespace mollify {

void ParallelRows::operator()(std::size_t rows, const std::function<void(std::size_t)>& body) {
    constexpr std::size_t kGrain = 8;  // a small JPEG takes microseconds, as a task does
    using Clock = std::chrono::steady_clock;
    failures_.clear();
    // Isolated, so that a thread waiting for its rows does not start on another batch meanwhile.
    tbb::this_task_arena::isolate([&] {
        tbb::parallel_for(tbb::blocked_range<std::size_t>(0, rows, kGrain), [&](const auto& range) {
            const auto start = Clock::now();
            for (std::size_t row = range.begin(); row < range.end(); ++row) run(row, body);
            if (std::this_thread::get_id() != owner_) {
                helped_ += std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
            }
        });
    });
    if (failures_.empty()) return;
    std::ranges::sort(failures_, {}, &Failure::row);
    std::rethrow_exception(failures_.front().error);
}

void ParallelRows::run(std::size_t row, const std::function<void(std::size_t)>& body) {
    try {
        body(row);
    } catch (...) {
        const std::lock_guard lock(mutex_);
        failures_.push_back({row, std::current_exception()});
    }
}

std::vector<ParallelRows::Failure> ParallelRows::failures(const std::exception_ptr& error) const {
    return !failures_.empty() && failures_.front().error == error ? failures_ : std::vector<Failure>{};
}

}  // namespace mollify
