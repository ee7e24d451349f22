#pragma once
/// \file The lines of metrics.jsonl.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include <nlohmann/json.hpp>

namespace mollify {

/// What happened in the iterations since the line before. In the file: "kind": "step".
struct StepMetrics {
    std::uint64_t iteration = 0;      ///< iterations done
    double epoch = 0;                 ///< passes over the data set done
    std::optional<double> loss = {};  ///< mean over the iterations; absent where none was finite
    double noise_level = 0;           ///< n of the last iteration, 0…1
    std::uint64_t skipped = 0;        ///< iterations with a non-finite loss, in the whole run
    double samples_per_second = 0;
    double data_wait = 0;  ///< part of the time that training waited for data, 0…1
    double seconds = 0;    ///< since the run began, over all its sessions
};

/// An evaluation on clean data. In the file: "kind": "evaluation". Means in nats; absent where not finite or
/// where there is no such part of the data.
struct EvaluationMetrics {
    std::uint64_t iteration = 0;
    double epoch = 0;
    std::optional<double> test = {};
    std::optional<double> validation = {};
    std::uint64_t non_finite = 0;  ///< samples whose log-likelihood is not finite
    bool best = false;             ///< the best validation so far
    double seconds = 0;
};

void to_json(nlohmann::json& json, const StepMetrics& metrics);
void from_json(const nlohmann::json& json, StepMetrics& metrics);
void to_json(nlohmann::json& json, const EvaluationMetrics& metrics);
void from_json(const nlohmann::json& json, EvaluationMetrics& metrics);

/// What was written so far.
struct Metrics {
    std::vector<StepMetrics> steps;
    std::vector<EvaluationMetrics> evaluations;
};

/// Reads a metrics.jsonl; a last line that is cut short is passed over, which is said. Throws DataError naming
/// file and line.
Metrics read_metrics(const std::filesystem::path& path);

/// Appends lines to a metrics.jsonl. Not thread-safe.
class MetricsLog {
  public:
    /// Cuts the file to its first `bytes`, what a checkpoint says it held. Where that is more than there is, or
    /// within a line, to the last whole line before, which is said. Throws DataError.
    MetricsLog(std::filesystem::path path, std::uint64_t bytes);
    ~MetricsLog();
    MetricsLog(const MetricsLog&) = delete;
    MetricsLog& operator=(const MetricsLog&) = delete;

    /// One line, in one write, so that a reader sees whole lines. Throws DataError (no space, for one).
    void write(const nlohmann::json& line);
    /// Makes what was written durable. \returns how many bytes that is
    std::uint64_t sync();

  private:
    std::filesystem::path path_;
    int descriptor_;
    std::uint64_t bytes_;
};

}  // namespace mollify
