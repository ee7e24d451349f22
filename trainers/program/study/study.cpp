#include <algorithm>
#include <cmath>
#include <set>

#include <ATen/core/Tensor.h>
#include <spdlog/fmt/fmt.h>

#include <mollify/datasets/storage/atomic_file.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/trainers/program/run/setup.hpp>
#include <mollify/trainers/program/run/training.hpp>
#include <mollify/trainers/program/study/study.hpp>

namespace mollify {
namespace {

using Values = std::vector<std::optional<double>>;

/// Mean of `these` minus `those` over the seeds in which both are finite.
std::optional<double> mean_difference(const Values& these, const Values& those) {
    Values differences;
    for (std::size_t i = 0; i < these.size(); ++i) {
        if (these[i] && those[i]) differences.emplace_back(*these[i] - *those[i]);
    }
    const auto result = spread(differences);
    return result.count > 0 ? std::optional(result.mean) : std::nullopt;
}

}  // namespace

std::vector<std::string> problems(const StudyOptions& options) {
    auto found = problems(options.config, options.arms);
    if (options.seeds.empty()) found.emplace_back("--seeds: a study needs at least one seed");
    if (std::set(options.seeds.begin(), options.seeds.end()).size() != options.seeds.size())
        found.emplace_back("--seeds: the same seed twice is the same run twice");
    return found;
}

bool is_synthetic(const StudyOptions& options) { return options.config.data.set.starts_with("synthetic/"); }

std::string trained_models(const StudyOptions& options) {
    std::vector<std::string> kinds;
    for (const Arm& arm : options.arms) {
        std::vector<std::string> found;
        const auto kind = arm_config(options.config, arm, found).model.kind;
        if (std::ranges::find(kinds, kind) == kinds.end()) kinds.push_back(kind);
    }
    return fmt::format("{}", fmt::join(kinds, ", "));
}

Config run_config(const StudyOptions& options, const Arm& arm, std::uint64_t seed) {
    std::vector<std::string> found;
    auto config = arm_config(options.config, arm, found);
    if (!found.empty()) throw ConfigError(found);
    config.training.seed = seed;
    if (config.training.snapshots.empty() && is_synthetic(options)) {
        const auto iterations =
            config.training.iterations > 0 ? config.training.iterations : prepare(config).iterations;
        config.training.snapshots = {0, iterations / 10, iterations};
    }
    return config;
}

const StudyRun& Study::run(const std::string& arm, std::uint64_t seed) const {
    const auto found =
        std::ranges::find_if(runs, [&](const auto& run) { return run.arm == arm && run.seed == seed; });
    if (found == runs.end()) throw Error(fmt::format("the study has no {} run of seed {}", arm, seed));
    return *found;
}

std::vector<ArmValues> Study::collect(
    const std::function<std::optional<double>(const StudyRun&)>& value) const {
    std::vector<ArmValues> all;
    for (const Arm& arm : options.arms) {
        auto& [name, values] = all.emplace_back(ArmValues{arm.name, {}});
        for (const auto seed : options.seeds) values.push_back(value(run(name, seed)));
    }
    return all;
}

Study run_study(const StudyOptions& options,
                const std::function<void(const StudyRun& run, std::size_t done)>& report) {
    if (const auto found = problems(options); !found.empty()) throw ConfigError(found);
    Study study{options, {}};
    for (const auto seed : options.seeds) {
        for (const Arm& arm : options.arms) {
            const auto folder = options.folder / fmt::format("{}-seed{}", arm.name, seed);
            const auto summary = train(prepare(run_config(options, arm, seed)),
                                       {.folder = folder, .resume = true, .quiet = true});
            study.runs.push_back({arm.name, seed, folder, summary});
            report(study.runs.back(), study.runs.size());
        }
    }
    return study;
}

std::vector<ComparedQuantity> likelihoods(const Study& study) {
    const auto compared = [&](const char* name, std::optional<double> Summary::*member) {
        return ComparedQuantity{
            .name = name,
            .arms = study.collect([&](const StudyRun& run) { return run.summary.*member; }),
            .digits = is_synthetic(study.options) ? 3 : 2};
    };
    std::vector<ComparedQuantity> quantities{compared("last epoch", &Summary::test_log_likelihood_last)};
    const bool selected = std::ranges::any_of(
        study.runs, [](const auto& run) { return run.summary.validation_log_likelihood_best.has_value(); });
    if (selected)
        quantities.push_back(compared("best epoch by clean validation", &Summary::test_log_likelihood_best));
    return quantities;
}

std::string verdict(const std::vector<ComparedQuantity>& likelihoods) {
    std::string text;
    for (const auto& quantity : likelihoods) {
        const auto& first = quantity.arms.front();
        for (std::size_t arm = 1; arm < quantity.arms.size(); ++arm) {
            const auto& [name, values] = quantity.arms[arm];
            const bool plain = quantity.arms.size() == 2 && first.name == "vanilla" && name == "mollified";
            const auto difference = mean_difference(values, first.values);
            text += fmt::format("At the {}, ", quantity.name);
            if (!difference) {
                text += plain ? "no seed has a finite likelihood in both trainings"
                              : fmt::format("no seed has a finite likelihood in both {} and {}", first.name,
                                            name);
            } else {
                const bool ahead = *difference >= 0;
                text += fmt::format("{} is {:.{}f} nats {} on average", plain ? "mollification" : name,
                                    std::fabs(*difference), quantity.digits,
                                    plain ? (ahead ? "ahead" : "behind")
                                          : fmt::format("{} {}", ahead ? "ahead of" : "behind", first.name));
            }
            text += fmt::format("; it is ahead in {} and behind in {} of {} seeds.\n",
                                seeds_ahead(quantity, arm), seeds_behind(quantity, arm), values.size());
        }
    }
    return text;
}

void write_study(const Study& study, const std::vector<ComparedQuantity>& quantities,
                 const std::string& text) {
    const auto& config = study.options.config;
    nlohmann::json json{{"study", config.preset},
                        {"dataset", config.data.set},
                        {"model", trained_models(study.options)},
                        {"seeds", study.options.seeds},
                        {"quantities", quantities}};
    for (const Arm& arm : study.options.arms)
        json["arms"].push_back({{"name", arm.name}, {"settings", arm.settings}});
    for (const auto& run : study.runs) {
        json["runs"].push_back({{"arm", run.arm},
                                {"seed", run.seed},
                                {"folder", run.folder.filename().string()},
                                {"summary", run.summary}});
    }
    write_text(study.options.folder / "study.json", json.dump(2) + "\n");
    write_text(study.options.folder / "table.md", text);
}

}  // namespace mollify
