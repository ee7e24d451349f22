#include <mollify/trainers/program/summary.hpp>

namespace mollify {
namespace {

using nlohmann::json;

json optional(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }
std::optional<double> optional(const json& object, const char* key) {
    const auto entry = object.find(key);
    return entry == object.end() || entry->is_null() ? std::nullopt : std::optional(entry->get<double>());
}

}  // namespace

void to_json(json& out, const Summary& summary) {
    out = json{{"dataset", summary.dataset},
               {"model", summary.model},
               {"signature", summary.signature},
               {"mollifier", summary.mollifier},
               {"seed", summary.seed},
               {"parameters", summary.parameters},
               {"iterations", summary.iterations},
               {"epochs", summary.epochs},
               {"test_log_likelihood_last", optional(summary.test_log_likelihood_last)},
               {"test_log_likelihood_best", optional(summary.test_log_likelihood_best)},
               {"validation_log_likelihood_last", optional(summary.validation_log_likelihood_last)},
               {"validation_log_likelihood_best", optional(summary.validation_log_likelihood_best)},
               {"best_iteration", summary.best_iteration},
               {"bits_per_dimension", optional(summary.bits_per_dimension)},
               {"skipped_steps", summary.skipped_steps},
               {"wall_seconds", summary.wall_seconds},
               {"samples_per_second", summary.samples_per_second},
               {"data_wait_fraction", summary.data_wait_fraction},
               {"limiting_stage", summary.limiting_stage},
               {"device", summary.device},
               {"threads", {{"math", summary.math_threads}, {"pipeline", summary.pipeline_threads}}},
               {"versions", summary.versions}};
}

void from_json(const json& in, Summary& summary) {
    in.at("dataset").get_to(summary.dataset);
    in.at("model").get_to(summary.model);
    in.at("signature").get_to(summary.signature);
    in.at("mollifier").get_to(summary.mollifier);
    in.at("seed").get_to(summary.seed);
    in.at("parameters").get_to(summary.parameters);
    in.at("iterations").get_to(summary.iterations);
    in.at("epochs").get_to(summary.epochs);
    summary.test_log_likelihood_last = optional(in, "test_log_likelihood_last");
    summary.test_log_likelihood_best = optional(in, "test_log_likelihood_best");
    summary.validation_log_likelihood_last = optional(in, "validation_log_likelihood_last");
    summary.validation_log_likelihood_best = optional(in, "validation_log_likelihood_best");
    in.at("best_iteration").get_to(summary.best_iteration);
    summary.bits_per_dimension = optional(in, "bits_per_dimension");
    in.at("skipped_steps").get_to(summary.skipped_steps);
    in.at("wall_seconds").get_to(summary.wall_seconds);
    in.at("samples_per_second").get_to(summary.samples_per_second);
    in.at("data_wait_fraction").get_to(summary.data_wait_fraction);
    in.at("limiting_stage").get_to(summary.limiting_stage);
    in.at("device").get_to(summary.device);
    in.at("threads").at("math").get_to(summary.math_threads);
    in.at("threads").at("pipeline").get_to(summary.pipeline_threads);
    summary.versions = in.at("versions");
}

}  // namespace mollify
