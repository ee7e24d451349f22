#pragma once
/// \file The same training without and with mollification, over seeds, and what came of it.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <mollify/trainers/program/config/config.hpp>
#include <mollify/trainers/program/run/summary.hpp>
#include <mollify/trainers/program/study/comparison.hpp>

namespace mollify {

enum class Arm { vanilla, mollified };

/// "vanilla", "mollified".
const char* to_string(Arm arm);

struct StudyOptions {
    Config config;  ///< of the mollified arm; the vanilla one differs in mollification.kind alone
    std::vector<std::uint64_t> seeds{1, 2, 3, 4};
    std::filesystem::path folder;  ///< gets a run folder per arm and seed
};

/// Everything that is wrong with the options, the configuration aside.
std::vector<std::string> problems(const StudyOptions& options);

/// Whether the data set is drawn from a distribution that is known.
bool is_synthetic(const StudyOptions& options);

/// The configuration of one run of the study. Of a synthetic set it asks for three snapshots (the beginning, a
/// tenth, the end) where the study's configuration names none, for the figure.
Config arm_config(const StudyOptions& options, Arm arm, std::uint64_t seed);

struct StudyRun {
    Arm arm;
    std::uint64_t seed;
    std::filesystem::path folder;
    Summary summary;
};

struct Study {
    StudyOptions options;
    std::vector<StudyRun> runs;  ///< seed by seed, vanilla before mollified

    const StudyRun& run(Arm arm, std::uint64_t seed) const;
    /// One value per seed.
    std::vector<std::optional<double>> collect(
        Arm arm, const std::function<std::optional<double>(const StudyRun&)>& value) const;
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
