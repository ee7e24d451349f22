#pragma once
/// \file Everything that decides what a run does: sections of a TOML file, presets, and `--set
/// section.key=value`.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <mollify/stages/schedule.hpp>
#include <mollify/trainers/models/factory.hpp>
#include <mollify/trainers/optimizers/optimizer.hpp>
#include <mollify/trainers/process/threads.hpp>
#include <mollify/trainers/program/data/data.hpp>

namespace mollify {

struct PipelineConfig {
    std::uint64_t batch_size = 100;  ///< samples per iteration
    bool shuffle = true;             ///< a new order in each epoch
    bool drop_last = false;          ///< leave out the incomplete batch at an epoch's end
    bool flip = false;               ///< images: mirror each with probability 1/2
    std::uint64_t in_flight = 0;     ///< batches in memory at most; 0: by the number of threads
};

struct MollificationConfig {
    std::string kind = "gaussian";  ///< gaussian, or none: the vanilla training
    double fraction = 0.6;          ///< part of the training that is mollified, in (0, 1]
    /// `duration` in ticks of its clock; 0: by `fraction`.
    ScheduleOptions schedule = {.duration = 0};
};

/// The largest seed that TOML can hold.
constexpr std::uint64_t kLargestSeed = (std::uint64_t{1} << 63) - 1;

struct TrainingConfig {
    std::uint64_t seed = 1;                ///< of parameters, order and noise
    std::string device = "auto";           ///< auto, cpu or cuda
    std::uint64_t epochs = 0;              ///< length of the training; either this
    std::uint64_t iterations = 0;          ///< or this
    std::uint64_t log_every = 10;          ///< iterations between two lines of metrics.jsonl
    double checkpoint_seconds = 60;        ///< time between two checkpoints; 0: after every iteration
    std::uint64_t max_skips = 100;         ///< non-finite losses in a row that end the training; 0: none do
    std::vector<std::uint64_t> snapshots;  ///< numbers of iterations after which the model is kept for good
};

struct EvaluationConfig {
    std::uint64_t every_epochs = 0;      ///< epochs between two evaluations; 0: never by epochs
    std::uint64_t every_iterations = 0;  ///< iterations between two evaluations; 0: never by iterations
    std::uint64_t batch_size = 1'000;    ///< samples evaluated at once
    std::uint64_t limit = 0;             ///< samples of each part that are looked at; 0: all
    std::uint64_t samples = 64;          ///< drawn from the model for the picture at the end of a run
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
