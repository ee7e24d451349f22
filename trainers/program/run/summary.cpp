#include <mollify/trainers/program/run/optional_number.hpp>
#include <mollify/trainers/program/run/summary.hpp>

namespace mollify {

using nlohmann::json;

void to_json(json& out, const Summary& summary) {
    out = json{{"dataset", summary.dataset},
               {"model", summary.model},
               {"signature", summary.data.signature},
               {"validation_fingerprint", json(nullptr)},
               {"test_fingerprint", json(nullptr)},
               {"accepted_data", summary.accepted_data},
               {"mollifier", summary.mollifier},
               {"seed", summary.seed},
               {"parameters", summary.parameters},
               {"iterations", summary.iterations},
               {"epochs", summary.epochs},
               {"test_log_likelihood_last", summary.test_log_likelihood_last},
               {"test_log_likelihood_best", summary.test_log_likelihood_best},
               {"validation_log_likelihood_last", summary.validation_log_likelihood_last},
               {"validation_log_likelihood_best", summary.validation_log_likelihood_best},
               {"best_iteration", summary.best_iteration},
               {"bits_per_dimension", summary.bits_per_dimension},
               {"skipped_steps", summary.skipped_steps},
               {"bad_samples", summary.bad_samples},
               {"wall_seconds", summary.wall_seconds},
               {"samples_per_second", summary.samples_per_second},
               {"data_wait_fraction", summary.data_wait_fraction},
               {"limiting_stage", summary.limiting_stage},
               {"device", summary.device},
               {"threads", {{"math", summary.math_threads}, {"pipeline", summary.pipeline_threads}}},
               {"versions", summary.versions}};
    if (summary.data.validation) out["validation_fingerprint"] = *summary.data.validation;
    if (summary.data.test) out["test_fingerprint"] = *summary.data.test;
}

void from_json(const json& in, Summary& summary) {
    in.at("dataset").get_to(summary.dataset);
    in.at("model").get_to(summary.model);
    in.at("signature").get_to(summary.data.signature);
    // Older versions did not write these.
    const auto fingerprint = [&](const char* key, std::optional<std::string>& part) {
        if (in.contains(key) && !in.at(key).is_null()) part = in.at(key).get<std::string>();
    };
    fingerprint("validation_fingerprint", summary.data.validation);
    fingerprint("test_fingerprint", summary.data.test);
    if (in.contains("accepted_data")) in.at("accepted_data").get_to(summary.accepted_data);
    in.at("mollifier").get_to(summary.mollifier);
    in.at("seed").get_to(summary.seed);
    in.at("parameters").get_to(summary.parameters);
    in.at("iterations").get_to(summary.iterations);
    in.at("epochs").get_to(summary.epochs);
    in.at("test_log_likelihood_last").get_to(summary.test_log_likelihood_last);
    in.at("test_log_likelihood_best").get_to(summary.test_log_likelihood_best);
    in.at("validation_log_likelihood_last").get_to(summary.validation_log_likelihood_last);
    in.at("validation_log_likelihood_best").get_to(summary.validation_log_likelihood_best);
    in.at("best_iteration").get_to(summary.best_iteration);
    in.at("bits_per_dimension").get_to(summary.bits_per_dimension);
    in.at("skipped_steps").get_to(summary.skipped_steps);
    summary.bad_samples = in.value("bad_samples", std::uint64_t{0});
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
