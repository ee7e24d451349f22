#include <ATen/core/Tensor.h>
#include <spdlog/spdlog.h>

#include <mollify/trainers/checkpoint.hpp>
#include <mollify/trainers/program/run/data_identity.hpp>
#include <mollify/trainers/program/run/optional_number.hpp>

namespace mollify {
namespace {

using nlohmann::json;

/// A signature (pipeline/recipe.cpp) without the word that stands for the data.
std::string order_of(const std::string& signature) {
    const auto begin = signature.find(" data=");
    const auto end = signature.find(" batch_size=");
    if (begin == std::string::npos || end == std::string::npos) return signature;
    return signature.substr(0, begin) + signature.substr(end);
}

bool differ(const std::optional<std::string>& then, const std::optional<std::string>& now) {
    return then && now && *then != *now;
}

std::string text_or_empty(const json& in, const char* key) { return in.value(key, std::string()); }

}  // namespace

std::string data_problem(const DataIdentity& then, const DataIdentity& now) {
    auto problem = signature_problem(then.signature, now.signature);
    const auto compare = [&](const char* part, const auto& before, const auto& after) {
        if (!differ(before, after)) return;
        problem += (problem.empty() ? "" : "; ") + std::string("its ") + part +
                   " data are other data: they were '" + *before + "', now they are '" + *after + "'";
    };
    compare("validation", then.validation, now.validation);
    compare("test", then.test, now.test);
    return problem;
}

bool only_data_differ(const DataIdentity& then, const DataIdentity& now) {
    return order_of(then.signature) == order_of(now.signature);
}

void warn_of_unknown_parts(const DataIdentity& then, const std::string& folder) {
    if (then.validation && then.test) return;
    spdlog::warn(
        "{}: written by a version that kept no fingerprints of validation and test data: whether these are "
        "still "
        "the same cannot be told",
        folder);
}

void to_json(json& out, const DataIdentity& data) {
    out = json{{"signature", data.signature}};
    if (data.validation) out["validation"] = *data.validation;
    if (data.test) out["test"] = *data.test;
}

void from_json(const json& in, DataIdentity& data) {
    in.at("signature").get_to(data.signature);
    if (const auto text = text_or_empty(in, "validation"); !text.empty()) data.validation = text;
    if (const auto text = text_or_empty(in, "test"); !text.empty()) data.test = text;
}

void to_json(json& out, const DataChange& change) {
    out = json{{"iteration", change.iteration}, {"before", change.before}, {"after", change.after}};
}

void from_json(const json& in, DataChange& change) {
    in.at("iteration").get_to(change.iteration);
    in.at("before").get_to(change.before);
    in.at("after").get_to(change.after);
}

}  // namespace mollify
