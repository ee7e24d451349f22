#include <algorithm>
#include <cmath>
#include <utility>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/models/kinds.hpp>
#include <mollify/trainers/optimizers/make_optimizer.hpp>
#include <mollify/trainers/placement.hpp>
#include <mollify/trainers/program/config/config.hpp>

namespace mollify {
namespace {

using Problems = std::vector<std::string>;

void add_all(Problems& found, const std::string& section, const Problems& more) {
    for (const auto& problem : more) found.push_back(section + ": " + problem);
}

}  // namespace

std::uint64_t total_iterations(const Config& config, std::uint64_t batches_per_epoch) {
    return config.training.iterations ? config.training.iterations
                                      : config.training.epochs * batches_per_epoch;
}

ScheduleOptions resolved_schedule(const Config& config, std::uint64_t batches_per_epoch) {
    auto schedule = config.mollification.schedule;
    if (schedule.duration == 0) {
        double ticks = static_cast<double>(total_iterations(config, batches_per_epoch));
        if (schedule.clock == Clock::epoch) ticks = std::ceil(ticks / static_cast<double>(batches_per_epoch));
        schedule.duration =
            static_cast<std::uint64_t>(std::max(1.0, std::round(config.mollification.fraction * ticks)));
    }
    return schedule;
}

std::vector<std::string> problems(const Config& config) {
    Problems found;
    const auto check = [&](bool fine, const std::string& problem) {
        if (!fine) found.push_back(problem);
    };
    const auto known = [&](const std::string& key, const std::string& value,
                           const std::vector<std::string>& all) {
        check(std::ranges::find(all, value) != all.end(), key + ": " + unknown("value", value, all));
    };
    known("data.set", config.data.set, data_set_names());
    known("mollification.kind", config.mollification.kind, mollifier_kinds());

    const auto seed = [&](const char* key, std::uint64_t value) {
        check(value <= kLargestSeed, std::string(key) + ": must be below 2^63");
    };
    seed("data.seed", config.data.seed);
    seed("training.seed", config.training.seed);
    check(config.pipeline.batch_size > 0, "pipeline.batch_size: must be at least 1");
    check(config.evaluation.batch_size > 0, "evaluation.batch_size: must be at least 1");
    check(config.training.log_every > 0, "training.log_every: must be at least 1");
    check(config.training.checkpoint_seconds >= 0, "training.checkpoint_seconds: must not be negative");
    check((config.training.epochs > 0) != (config.training.iterations > 0),
          "training.epochs and training.iterations: one of them, and only one, must be above 0");
    check(config.evaluation.every_epochs == 0 || config.evaluation.every_iterations == 0,
          "evaluation.every_epochs and evaluation.every_iterations: set only one of them");
    check(config.mollification.fraction > 0 && config.mollification.fraction <= 1,
          "mollification.fraction: must be above 0 and at most 1");
    known("training.device", config.training.device, device_names());
    auto schedule = config.mollification.schedule;
    schedule.duration = std::max<std::uint64_t>(schedule.duration, 1);
    try {
        static_cast<void>(Schedule(schedule));
    } catch (const ConfigError& error) {
        add_all(found, "mollification", error.problems());
    }
    for (auto& problem : problems(config.data.table, config.data.set)) found.push_back(std::move(problem));
    add_all(found, "model", problems(config.model));
    add_all(found, "optimizer", problems(config.optimizer));
    add_all(found, "threads", problems(config.threads));
    return found;
}

}  // namespace mollify
