#pragma once
/// \file Everything that decides what a run does: sections of a TOML file, presets, and `--set
/// section.key=value`.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <mollify/stages/schedule.hpp>
#include <mollify/trainers/models/factory.hpp>
#include <mollify/trainers/optimizers/optimizer.hpp>

namespace mollify {

struct DataConfig {
    std::string set = "synthetic/gaussian-mixture";  ///< a name of data_set_names()
    std::string path;                  ///< file or folder of the data set's files; built-in sets need none
    std::uint64_t train = 10'000;      ///< built-in sets: samples to train on
    std::uint64_t validation = 2'000;  ///< synthetic sets: samples to select by
    std::uint64_t test = 10'000;       ///< built-in sets: samples to test on
    std::uint64_t seed = 0;            ///< built-in sets: of the samples themselves, the same for all runs
    std::string dataset;               ///< HDF5 tables: name in the file; empty: the only one
    bool dequantize = false;           ///< images: bytes to a density, see Dequantize
    std::uint64_t image_size = 32;     ///< image folders: height and width that images are brought to
};

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
    std::vector<std::uint64_t> snapshots;  ///< numbers of iterations after which the model is kept for good
};

struct EvaluationConfig {
    std::uint64_t every_epochs = 0;      ///< epochs between two evaluations; 0: never by epochs
    std::uint64_t every_iterations = 0;  ///< iterations between two evaluations; 0: never by iterations
    std::uint64_t batch_size = 1'000;    ///< samples evaluated at once
    std::uint64_t limit = 0;             ///< samples of each part that are looked at; 0: all
    std::uint64_t samples = 64;          ///< drawn from the model for the picture at the end of a run
};

struct ThreadsConfig {
    std::uint64_t total = 0;     ///< that this process may use; 0: available_threads()
    std::uint64_t math = 0;      ///< of LibTorch; 0: the default split, see split_threads()
    std::uint64_t pipeline = 0;  ///< that make batches; 0: the default split
};

/// A plain value; the defaults train, with training.iterations set, a MAF on a built-in set.
struct Config {
    std::string preset;  ///< where it came from, for people: a preset's name, a file's path, or empty
    DataConfig data;
    PipelineConfig pipeline;
    MollificationConfig mollification;
    ModelOptions model;
    OptimizerOptions optimizer;
    TrainingConfig training;
    EvaluationConfig evaluation;
    ThreadsConfig threads;
};

/// What a command line says about the configuration, in the order in which it applies.
struct ConfigSource {
    std::string preset;          ///< name of a preset, or empty
    std::filesystem::path file;  ///< a TOML file, or empty
    std::vector<std::string>
        settings;  ///< "section.key=value"; a value that is not TOML is taken as a string
};

/// What its source says, as far as it can be read.
struct ResolvedConfig {
    Config config;
    /// Unknown sections and keys (with the nearest right name), values of a wrong type.
    std::vector<std::string> problems;
};

/// Defaults, then the preset, the file and the settings. Whether the values fit together is not looked at:
/// prepare() tells that with the problems found here. Throws ConfigError where there is no such preset or file,
/// or it is no TOML, as nothing can be said about the values then.
ResolvedConfig resolve_config(const ConfigSource& source);

/// The TOML text of one configuration on top of the defaults. Throws ConfigError with all that is wrong with it.
Config parse_config(const std::string& toml);

/// The schedule with its duration resolved, for an epoch of so many batches.
ScheduleOptions resolved_schedule(const Config& config, std::uint64_t batches_per_epoch);
/// Iterations of the whole training.
std::uint64_t total_iterations(const Config& config, std::uint64_t batches_per_epoch);

/// Everything that is wrong with `config`, as far as it can be told without looking at the data.
std::vector<std::string> problems(const Config& config);

/// All keys with their values, in TOML. parse_config() gives the same configuration back.
std::string to_toml(const Config& config);

/// "section.key", value there, value here, for every key in which the two differ and that changes what is
/// computed. Threads, device, paths and intervals between logs and checkpoints do not.
std::vector<std::string> differences(const Config& there, const Config& here);

/// Of the keys that differences() looks at: 16 hexadecimal digits.
std::string digest(const Config& config);

/// "unknown <what> '<name>'" with the nearest of the known names, or with all of them where none is near.
std::string unknown(const std::string& what, const std::string& name, const std::vector<std::string>& known);

}  // namespace mollify
