#pragma once
/// \file What a training says while it runs: one line that is rewritten on a terminal, log lines elsewhere.

#include <chrono>
#include <cstdint>
#include <string>

#include <mollify/trainers/program/data/data.hpp>
#include <mollify/trainers/program/run/run_log.hpp>

namespace mollify {

/// Writes to standard error. For one thread.
class Progress {
  public:
    /// \param quiet no lines of evaluations, and no trace on a terminal once it ends: for one run of many
    /// \param total iterations of the whole training; `begin` where this session starts
    Progress(bool quiet, std::uint64_t begin, std::uint64_t total);
    /// Ends the line, so that what comes next has its own.
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Whether it is time to say something; cheap.
    bool due() const;
    void step(const StepMetrics& metrics);
    void evaluation(const EvaluationMetrics& metrics, const Data& data);

  private:
    using Clock = std::chrono::steady_clock;

    std::string line(const StepMetrics& metrics) const;
    void clear();

    bool quiet_;
    bool terminal_;
    std::uint64_t begin_;
    std::uint64_t total_;
    Clock::time_point started_ = Clock::now();
    Clock::time_point next_ = Clock::now();
    bool on_line_ = false;
};

}  // namespace mollify
