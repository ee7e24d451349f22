#pragma once
/// \file The same training in several arms, such as without and with mollification, over seeds, and what came of it.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <mollify/trainers/program/config/config.hpp>
#include <mollify/trainers/program/run/summary.hpp>
#include <mollify/trainers/program/study/arm.hpp>
#include <mollify/trainers/program/study/comparison.hpp>

namespace mollify {

struct StudyOptions {
    Config config;  ///< what the arms have in common
    std::vector<std::uint64_t> seeds{1, 2, 3, 4};
    std::filesystem::path folder;            ///< gets a run folder per arm and seed
    std::vector<Arm> arms = default_arms();  ///< at least two; the others are compared with the first
};

/// Everything that is wrong with the options, the configuration aside.
std::vector<std::string> problems(const StudyOptions& options);

/// Whether the data set is drawn from a distribution that is known.
bool is_synthetic(const StudyOptions& options);

/// The kinds of model of its arms, each once: "maf", or "maf, realnvp".
std::string trained_models(const StudyOptions& options);

/// The configuration of one run of the study. Of a synthetic set it asks for three snapshots (the beginning, a
/// tenth, the end) where the study's configuration names none, for the figure.
Config run_config(const StudyOptions& options, const Arm& arm, std::uint64_t seed);

struct StudyRun {
    std::string arm;  ///< its name
    std::uint64_t seed;
    std::filesystem::path folder;
    Summary summary;
};

struct Study {
    StudyOptions options;
    std::vector<StudyRun> runs;  ///< seed by seed, in the order of the arms

    const StudyRun& run(const std::string& arm, std::uint64_t seed) const;
    /// One value per arm and seed.
    std::vector<ArmValues> collect(const std::function<std::optional<double>(const StudyRun&)>& value) const;
};

/// Trains every run that is not finished yet, going on where one was stopped; finished runs are taken as they
/// are. \param report called after each run with the number of runs done
/// Throws ConfigError where a folder holds a run of another configuration, Interrupted, and as train() does.
Study run_study(const StudyOptions& options,
                const std::function<void(const StudyRun& run, std::size_t done)>& report);

/// Test log-likelihoods of the last epoch, and of the best one by clean validation data where there are any.
std::vector<ComparedQuantity> likelihoods(const Study& study);

/// What the likelihoods say, in a sentence each, whichever way they point.
std::string verdict(const std::vector<ComparedQuantity>& likelihoods);

/// Writes study.json and table.md into the study's folder. Throws DataError.
void write_study(const Study& study, const std::vector<ComparedQuantity>& quantities,
                 const std::string& text);

}  // namespace mollify
