#pragma once
/// \file The row loop of the flow graph. Private to this folder.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace mollify {

/// Spreads rows over the threads of the calling thread's arena, calls the body for all of them even where some
/// fail, and keeps the failures of the last loop. A RowLoop; of the thread that made it.
class ParallelRows {
  public:
    struct Failure {
        std::size_t row;
        std::exception_ptr error;
    };

    /// \param helped gets the nanoseconds that other threads spent on rows
    explicit ParallelRows(std::atomic<std::int64_t>& helped) : helped_(helped) {}

    /// Rethrows the error of the smallest row that failed.
    void operator()(std::size_t rows, const std::function<void(std::size_t)>& body);

    /// By row, where `error` is what the loop threw; nothing where a stage caught that and threw another.
    std::vector<Failure> failures(const std::exception_ptr& error) const;

  private:
    void run(std::size_t row, const std::function<void(std::size_t)>& body);

    std::atomic<std::int64_t>& helped_;
    std::thread::id owner_ = std::this_thread::get_id();
    std::mutex mutex_;
    std::vector<Failure> failures_;
};

}  // namespace mollify
