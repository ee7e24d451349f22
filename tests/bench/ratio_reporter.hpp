#pragma once
/// \file Google Benchmark's console table, followed by the ratios that matter.

#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

namespace mollify::bench {

/// "`ours` runs at so many times the rate of `contender`": full names of two benchmarks that set items_per_second.
struct Ratio {
    std::string ours;
    std::string contender;
};

/// Prints each ratio of rates (of medians, where a benchmark is repeated) whose two benchmarks have run.
class RatioReporter : public benchmark::ConsoleReporter {
  public:
    explicit RatioReporter(std::vector<Ratio> ratios) : ratios_(std::move(ratios)) {}

    void ReportRuns(const std::vector<Run>& runs) override {
        ConsoleReporter::ReportRuns(runs);
        for (const Run& run : runs) {
            const auto rate = run.counters.find("items_per_second");
            if (rate == run.counters.end()) continue;
            if (run.run_type == Run::RT_Iteration ? run.repetitions <= 1 : run.aggregate_name == "median") {
                rates_[run.run_name.function_name + "/threads:" + std::to_string(run.threads)] =
                    rate->second.value;
            }
        }
    }

    void Finalize() override {
        for (const Ratio& ratio : ratios_) {
            const auto ours = rates_.find(ratio.ours);
            const auto contender = rates_.find(ratio.contender);
            if (ours == rates_.end() || contender == rates_.end()) continue;
            GetOutputStream() << ratio.ours << " = " << ours->second / contender->second << " x "
                              << ratio.contender << "\n";
        }
    }

  private:
    std::vector<Ratio> ratios_;
    std::map<std::string, double> rates_;
};

}  // namespace mollify::bench
