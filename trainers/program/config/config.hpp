#pragma once
/// \file Everything that decides what a run does: sections of a TOML file, presets, and `--set
/// section.key=value`.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <mollify/stages/schedule.hpp>
#include <mollify/trainers/models/model_options.hpp>
#include <mollify/trainers/optimizers/optimizer.hpp>
#include <mollify/trainers/process/threads.hpp>
#include <mollify/trainers/program/data/data.hpp>

namespace mollify {

// What the keys mean is told in fields.hpp, once for reader and user.

struct PipelineConfig {
    std::uint64_t batch_size = 100;
    bool shuffle = true;
    bool drop_last = false;
    bool flip = false;
    std::uint64_t in_flight = 0;
    BadSamplePolicy bad_samples = BadSamplePolicy::fail;
    std::uint64_t bad_budget = 100;
};

struct MollificationConfig {
    std::string kind = "gaussian";
    double fraction = 0.6;
    ScheduleOptions schedule = {.duration = 0};
};

/// The largest seed that TOML can hold.
constexpr std::uint64_t kLargestSeed = (std::uint64_t{1} << 63) - 1;

struct TrainingConfig {
    std::uint64_t seed = 1;
    std::string device = "auto";
    std::uint64_t epochs = 0;
    std::uint64_t iterations = 0;
    std::uint64_t log_every = 10;
    double checkpoint_seconds = 60;
    std::uint64_t max_skips = 100;
    std::vector<std::uint64_t> snapshots;
};

struct EvaluationConfig {
    std::uint64_t every_epochs = 0;
    std::uint64_t every_iterations = 0;
    std::uint64_t batch_size = 1'000;
    std::uint64_t limit = 0;
    std::uint64_t samples = 64;
};

/// A plain value; the defaults train, with training.iterations set, a MAF on a built-in set.
struct Config {
    std::string preset;  ///< where it came from, for people: a preset's name, a file's path, or empty
    DataOptions data;
    PipelineConfig pipeline;
    MollificationConfig mollification;
    ModelOptions model;
    OptimizerOptions optimizer;
    TrainingConfig training;
    EvaluationConfig evaluation;
    ThreadOptions threads;
};

/// The schedule with its duration resolved, for an epoch of so many batches.
ScheduleOptions resolved_schedule(const Config& config, std::uint64_t batches_per_epoch);
/// Iterations of the whole training.
std::uint64_t total_iterations(const Config& config, std::uint64_t batches_per_epoch);

/// Everything that is wrong with `config`, as far as it can be told without looking at the data.
std::vector<std::string> problems(const Config& config);

}  // namespace mollify
