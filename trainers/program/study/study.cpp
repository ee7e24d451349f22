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

/// Mean of mollified minus vanilla over the seeds in which both are finite.
std::optional<double> mean_difference(const ComparedQuantity& quantity) {
    std::vector<std::optional<double>> differences;
    for (std::size_t i = 0; i < quantity.vanilla.size(); ++i) {
        if (quantity.vanilla[i] && quantity.mollified[i])
            differences.emplace_back(*quantity.mollified[i] - *quantity.vanilla[i]);
    }
    const auto result = spread(differences);
    return result.count > 0 ? std::optional(result.mean) : std::nullopt;
}

}  // namespace

const char* to_string(Arm arm) { return arm == Arm::vanilla ? "vanilla" : "mollified"; }

std::vector<std::string> problems(const StudyOptions& options) {
    std::vector<std::string> found;
    if (options.config.mollification.kind == "none") {
        found.emplace_back(
            "mollification.kind: a study trains without mollification and with it, and needs to be "
            "told the kind: gaussian");
    }
    if (options.seeds.empty()) found.emplace_back("--seeds: a study needs at least one seed");
    if (std::set(options.seeds.begin(), options.seeds.end()).size() != options.seeds.size())
        found.emplace_back("--seeds: the same seed twice is the same run twice");
    return found;
}

bool is_synthetic(const StudyOptions& options) { return options.config.data.set.starts_with("synthetic/"); }

Config arm_config(const StudyOptions& options, Arm arm, std::uint64_t seed) {
    auto config = options.config;
    config.training.seed = seed;
    if (config.training.snapshots.empty() && is_synthetic(options)) {
        const auto iterations = prepare(config).iterations;
        config.training.snapshots = {0, iterations / 10, iterations};
    }
    if (arm == Arm::vanilla) config.mollification.kind = "none";
    return config;
}

const StudyRun& Study::run(Arm arm, std::uint64_t seed) const {
    const auto found =
        std::ranges::find_if(runs, [&](const auto& run) { return run.arm == arm && run.seed == seed; });
    if (found == runs.end())
        throw Error(fmt::format("the study has no {} run of seed {}", to_string(arm), seed));
    return *found;
}

std::vector<std::optional<double>> Study::collect(
    Arm arm, const std::function<std::optional<double>(const StudyRun&)>& value) const {
    std::vector<std::optional<double>> values;
    for (const auto seed : options.seeds) values.push_back(value(run(arm, seed)));
    return values;
}

Study run_study(const StudyOptions& options,
                const std::function<void(const StudyRun& run, std::size_t done)>& report) {
    if (const auto found = problems(options); !found.empty()) throw ConfigError(found);
    Study study{options, {}};
    for (const auto seed : options.seeds) {
        for (const auto arm : {Arm::vanilla, Arm::mollified}) {
            const auto folder = options.folder / fmt::format("{}-seed{}", to_string(arm), seed);
            const auto summary = train(prepare(arm_config(options, arm, seed)),
                                       {.folder = folder, .resume = true, .quiet = true});
            study.runs.push_back({arm, seed, folder, summary});
            report(study.runs.back(), study.runs.size());
        }
    }
    return study;
}

std::vector<ComparedQuantity> likelihoods(const Study& study) {
    const auto both = [&](const char* name, std::optional<double> Summary::*member) {
        const auto value = [&](const StudyRun& run) { return run.summary.*member; };
        return ComparedQuantity{.name = name,
                                .vanilla = study.collect(Arm::vanilla, value),
                                .mollified = study.collect(Arm::mollified, value),
                                .digits = is_synthetic(study.options) ? 3 : 2};
    };
    std::vector<ComparedQuantity> quantities{both("last epoch", &Summary::test_log_likelihood_last)};
    const bool selected = std::ranges::any_of(
        study.runs, [](const auto& run) { return run.summary.validation_log_likelihood_best.has_value(); });
    if (selected)
        quantities.push_back(both("best epoch by clean validation", &Summary::test_log_likelihood_best));
    return quantities;
}

std::string verdict(const std::vector<ComparedQuantity>& likelihoods) {
    std::string text;
    for (const auto& quantity : likelihoods) {
        const auto difference = mean_difference(quantity);
        text += fmt::format("At the {}, ", quantity.name);
        if (!difference) {
            text += "no seed has a finite likelihood in both trainings";
        } else {
            text += fmt::format("mollification is {:.{}f} nats {} on average", std::fabs(*difference),
                                quantity.digits, *difference >= 0 ? "ahead" : "behind");
        }
        text += fmt::format("; it is ahead in {} and behind in {} of {} seeds.\n", seeds_ahead(quantity),
                            seeds_behind(quantity), quantity.vanilla.size());
    }
    return text;
}

void write_study(const Study& study, const std::vector<ComparedQuantity>& quantities,
                 const std::string& text) {
    const auto& config = study.options.config;
    nlohmann::json json{{"study", config.preset},
                        {"dataset", config.data.set},
                        {"model", config.model.kind},
                        {"seeds", study.options.seeds},
                        {"quantities", quantities}};
    for (const auto& run : study.runs) {
        json["runs"].push_back({{"arm", to_string(run.arm)},
                                {"seed", run.seed},
                                {"folder", run.folder.filename().string()},
                                {"summary", run.summary}});
    }
    write_text(study.options.folder / "study.json", json.dump(2) + "\n");
    write_text(study.options.folder / "table.md", text);
}

}  // namespace mollify
