#include <algorithm>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/models/glow.hpp>
#include <mollify/trainers/models/image_glow.hpp>
#include <mollify/trainers/models/kinds.hpp>
#include <mollify/trainers/models/maf.hpp>
#include <mollify/trainers/models/realnvp.hpp>

namespace mollify {
namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

std::vector<std::string> key_names(const ModelKind& kind) {
    std::vector<std::string> names;
    for (const auto& key : kind.keys()) names.emplace_back(key.name);
    return names;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// For samples that `kind` does not take: the kinds that do, or the one that is called as it is.
std::string instead(const ModelKind& kind, Takes samples) {
    std::vector<std::string> fitting;
    for (const auto* other : model_kinds()) {
        if (other->takes() != samples) continue;
        if (contains(other->name(), kind.name()) || contains(kind.name(), other->name()))
            return "use '" + other->name() + "'";
        fitting.push_back(other->name());
    }
    return "for those there are " + joined(fitting);
}

}  // namespace

const std::vector<const ModelKind*>& model_kinds() {
    static const std::vector<const ModelKind*> kinds = {&maf(), &realnvp(), &glow(), &image_glow()};
    return kinds;
}

std::vector<std::string> model_kind_names() {
    std::vector<std::string> names;
    for (const auto* kind : model_kinds()) names.push_back(kind->name());
    return names;
}

const ModelKind* find_model_kind(const std::string& name) {
    const auto& kinds = model_kinds();
    const auto found = std::ranges::find(kinds, name, &ModelKind::name);
    return found == kinds.end() ? nullptr : *found;
}

void keep_own_values(ModelOptions& options) {
    const auto* kind = find_model_kind(options.kind);
    KeyValues own;
    for (const auto& key : kind ? kind->keys() : std::vector<KeyInfo>{}) {
        auto value = value_of(options, key);
        if (value != key.usual && value.index() == key.usual.index()) own.emplace(key.name, std::move(value));
    }
    options.values = std::move(own);
}

std::string unknown_key(const ModelKind& kind, const std::string& key) {
    std::vector<std::string> owners;
    for (const auto* other : model_kinds()) {
        if (has(key_names(*other), key)) owners.push_back(other->name());
    }
    const auto mine = key_names(kind);
    const auto known = "; " + kind.name() + " has: " + joined(mine);
    if (!owners.empty()) return "'" + key + "' is a key of " + joined(owners) + known;
    return "unknown key '" + key + "'" + suggestion(key, mine) + known;
}

std::vector<std::string> problems(const ModelOptions& options) {
    const auto* kind = find_model_kind(options.kind);
    if (!kind) {
        const auto names = model_kind_names();
        return {"there is no model '" + options.kind + "'" + suggestion(options.kind, names) +
                " (known: " + joined(names) + ")"};
    }
    std::vector<std::string> found;
    const auto keys = key_names(*kind);
    for (const auto& [key, value] : options.values) {
        if (!has(keys, key)) found.push_back(unknown_key(*kind, key));
    }
    for (auto& problem : kind->problems(options.values)) found.push_back(std::move(problem));
    return found;
}

std::vector<std::string> shape_problems(const ModelOptions& options, const SampleShape& shape) {
    const auto* kind = find_model_kind(options.kind);
    if (!kind) return {};
    const auto samples = shape.is_image() ? Takes::images : Takes::rows;
    if (samples == kind->takes()) return kind->shape_problems(options.values, shape);
    return {
        "'" + kind->name() + "' is for " + (shape.is_image() ? "tables" : "images") +
        " and the samples are " +
        (shape.is_image() ? "images of " + to_string(shape) : "rows of " + to_string(shape) + " features") +
        ": " + instead(*kind, samples)};
}

std::unique_ptr<Model> make_model(const ModelOptions& options, const SampleShape& shape, std::uint64_t seed) {
    auto found = problems(options);
    const auto misfits = shape_problems(options, shape);
    found.insert(found.end(), misfits.begin(), misfits.end());
    if (!found.empty()) throw ConfigError(std::move(found));
    return find_model_kind(options.kind)->from_values(options.values, shape, seed);
}

}  // namespace mollify
