#include <nlohmann/json.hpp>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/program/run/optional_number.hpp>
#include <mollify/trainers/program/run/run_state.hpp>

namespace mollify {
namespace {

using nlohmann::json;

/// Calls visit(key, member) for all numbers.
template <class S, class Visitor>
void for_each_member(S& state, Visitor&& visit) {
    visit("metrics_bytes", state.metrics_bytes);
    visit("skipped", state.skipped);
    visit("seconds", state.seconds);
    visit("training_seconds", state.training_seconds);
    visit("data_wait_seconds", state.data_wait_seconds);
    visit("samples", state.samples);
    visit("loss_sum", state.loss_sum);
    visit("loss_count", state.loss_count);
    visit("evaluated", state.evaluated);
    visit("test_last", state.test_last);
    visit("validation_last", state.validation_last);
    visit("best_iteration", state.best_iteration);
    visit("test_best", state.test_best);
    visit("validation_best", state.validation_best);
}

BadSample bad_sample(const json& in) {
    BadSample bad;
    in.at("sample").get_to(bad.id);
    in.at("iteration").get_to(bad.iteration);
    in.at("stage").get_to(bad.stage);
    in.at("origin").get_to(bad.origin);
    in.at("reason").get_to(bad.reason);
    return bad;
}

}  // namespace

json to_json(const BadSample& bad) {
    return {{"sample", bad.id},
            {"iteration", bad.iteration},
            {"stage", bad.stage},
            {"origin", bad.origin},
            {"reason", bad.reason}};
}

std::string to_text(const RunState& state) {
    json out{{"shape", {state.shape.channels, state.shape.height, state.shape.width}},
             {"limiting_stage", state.limiting_stage},
             {"skipped_in_row", state.skipped_in_row},
             {"accepted", state.accepted}};
    if (state.data) out["data"] = *state.data;
    for_each_member(state, [&](const char* key, const auto& member) { out[key] = member; });
    auto& bad_samples = out["bad_samples"] = json::array();
    for (const auto& bad : state.bad_samples) bad_samples.push_back(to_json(bad));
    return out.dump();
}

RunState run_state(const std::string& text) {
    try {
        const auto in = json::parse(text);
        RunState state;
        const auto& shape = in.at("shape");
        state.shape = {shape.at(0).get<std::size_t>(), shape.at(1).get<std::size_t>(),
                       shape.at(2).get<std::size_t>()};
        // What older versions did not write:
        state.limiting_stage = in.value("limiting_stage", "");
        for (const auto& bad : in.value("bad_samples", json::array()))
            state.bad_samples.push_back(bad_sample(bad));
        state.skipped_in_row = in.value("skipped_in_row", std::uint64_t{0});
        if (in.contains("accepted")) in.at("accepted").get_to(state.accepted);
        if (in.contains("data")) state.data = in.at("data").get<DataIdentity>();
        for_each_member(state, [&](const char* key, auto& member) { in.at(key).get_to(member); });
        return state;
    } catch (const json::exception& error) {
        throw Error(std::string("the state of a run cannot be read: ") + error.what());
    }
}

}  // namespace mollify
