#include <array>
#include <sstream>
#include <utility>

#include <toml++/toml.h>

#include <mollify/trainers/program/config/history.hpp>

namespace mollify {
namespace {

constexpr std::array<std::pair<const char*, const char*>, 2> kRenamed{
    {{"model.steps", "model.depth"}, {"mollification.steps", "mollification.treads"}}};

void rename(toml::table& section, const char* before, const char* now) {
    if (const auto* value = section.get(before)) {
        section.insert(now, *value);
        section.erase(before);
    }
}

/// Before a model had the keys of its kind only, each configuration had hidden, blocks, levels and steps, and a
/// glow became what the samples were.
void split_kinds(toml::table& model, const std::string& data_set) {
    if (!model.contains("steps")) return;
    const bool rows =
        data_set == "table" || data_set.starts_with("uci/") || data_set.starts_with("synthetic/");
    if (rows) {
        model.erase("levels");
        model.erase("steps");
    } else {
        model.insert_or_assign("kind", "image-glow");
        model.erase("blocks");
        rename(model, "steps", "depth");
    }
}

}  // namespace

std::optional<std::string> renamed_key(const std::string& name) {
    for (const auto& [before, now] : kRenamed) {
        if (name == before) return now;
    }
    return std::nullopt;
}

std::string upgrade(const std::string& config_toml) {
    const auto parsed = [&]() -> std::optional<toml::table> {
        try {
            return toml::parse(config_toml);
        } catch (const toml::parse_error&) {
            return std::nullopt;
        }
    }();
    if (!parsed) return config_toml;
    auto table = *parsed;
    if (auto* model = table["model"].as_table())
        split_kinds(*model, table["data"]["set"].value_or(std::string()));
    if (auto* mollification = table["mollification"].as_table()) rename(*mollification, "steps", "treads");
    if (table == *parsed) return config_toml;
    std::ostringstream out;
    out << table << '\n';
    return out.str();
}

}  // namespace mollify
