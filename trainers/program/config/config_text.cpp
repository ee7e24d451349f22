#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <type_traits>

#include <toml++/toml.h>

#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/datasets/storage/read_text.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/trainers/program/config/config_text.hpp>
#include <mollify/trainers/program/config/fields.hpp>
#include <mollify/trainers/program/config/history.hpp>
#include <mollify/trainers/program/config/presets.hpp>
#include <mollify/trainers/program/config/toml_value.hpp>

namespace mollify {
namespace {

using Problems = std::vector<std::string>;

/// Of one section without its name, or of all with theirs.
std::vector<std::string> field_names(const Config& config, const std::string& section = "") {
    std::vector<std::string> out;
    for_each_field(config, [&](const Field& field, const auto&) {
        if (section.empty()) {
            out.push_back(field.name());
        } else if (section == field.section) {
            out.emplace_back(field.key);
        }
    });
    return out;
}

std::vector<std::string> section_names() {
    std::vector<std::string> out;
    const Config config;
    for_each_field(config, [&](const Field& field, const auto&) {
        if (out.empty() || out.back() != field.section) out.emplace_back(field.section);
    });
    return out;
}

/// What a text or a setting says, and what begins each message about it.
struct Layer {
    toml::table table;
    std::string origin;
};

/// What to tell of a key that the configuration does not have.
std::string unknown_field(const Config& config, const std::string& section, const std::string& key) {
    const auto name = section + "." + key;
    if (const auto now = renamed_key(name)) return name + " is now " + *now;
    if (section == "model") return name + ": " + unknown_key(*find_model_kind(config.model.kind), key);
    // The right key may stand in another section, so all are looked through where none is near here.
    auto hint = suggestion(key, field_names(config, section));
    if (hint.empty()) hint = suggestion(name, field_names(config));
    return "unknown key '" + name + "'" + hint;
}

/// Takes what `layer` says into `config`.
void take(const Layer& layer, Config& config, Problems& found) {
    const auto& [table, origin] = layer;
    std::set<std::string> taken;
    for_each_field(config, [&](const Field& field, auto& value) {
        const auto node = table[field.section][field.key];
        if (!node) return;
        taken.insert(field.name());
        if (const auto problem = assign(*node.node(), value); !problem.empty()) {
            found.push_back(origin + field.name() + ": " + problem);
        }
    });
    const auto sections = section_names();
    const bool kind_is_known = find_model_kind(config.model.kind) != nullptr;
    for (const auto& [section_key, node] : table) {
        const std::string section(section_key.str());
        if (std::ranges::find(sections, section) == sections.end()) {
            found.push_back(origin + unknown("section", section, sections));
        } else if (!node.is_table()) {
            found.push_back(origin + "'" + section + "' is a section: write [" + section +
                            "], then its keys");
        } else if (section != "model" || kind_is_known) {
            for (const auto& [key, ignored] : *node.as_table()) {
                const std::string name(key.str());
                if (taken.contains(section + "." + name)) continue;
                found.push_back(origin + unknown_field(config, section, name));
            }
        }
    }
}

/// The layers on top of the defaults, each over those before it. The kind of model is settled first, so that it may
/// be named after its keys; a layer that names another kind is read by that one's keys, and those that the final
/// kind has, too, stay.
Config stacked(const std::vector<Layer>& layers, Problems& found) {
    Config config;
    for (const auto& layer : layers) {
        if (const auto kind = layer.table["model"]["kind"].value<std::string>()) config.model.kind = *kind;
    }
    const auto kind = config.model.kind;
    for (const auto& layer : layers) {
        take(layer, config, found);
        config.model.kind = kind;
    }
    keep_own_values(config.model);
    return config;
}

/// Nothing where it is no TOML.
std::optional<Layer> parsed(const std::string& toml_text, const std::string& origin, Problems& found) {
    try {
        return Layer{toml::parse(toml_text), origin};
    } catch (const toml::parse_error& error) {
        const auto& place = error.source().begin;
        found.push_back(origin + "line " + std::to_string(place.line) + ", column " +
                        std::to_string(place.column) + ": " + std::string(error.description()));
        return std::nullopt;
    }
}

/// Whether the key's value is a text, which may then look like a number: data.columns=3.
bool is_text(const std::string& name) {
    bool found = false;
    Config config;
    for_each_field(config, [&]<class T>(const Field& field, const T&) {
        found |= std::is_same_v<T, std::string> && field.name() == name;
    });
    return found;
}

/// "section.key=value" as a table of one entry.
std::optional<Layer> parsed_setting(const std::string& setting, const std::string& origin, Problems& found) {
    const auto equals = setting.find('=');
    const auto dot = setting.find('.');
    if (equals == std::string::npos || dot == std::string::npos || dot > equals) {
        found.push_back(origin + setting + ": write it as section.key=value");
        return std::nullopt;
    }
    const auto section = setting.substr(0, dot);
    const auto key = setting.substr(dot + 1, equals - dot - 1);
    const auto value = setting.substr(equals + 1);
    toml::table entry;
    try {
        entry = toml::parse("value = " + value);
    } catch (const toml::parse_error&) {
        entry.insert("value", value);  // none, uci/redwine: a text without its quotes
    }
    if (is_text(section + "." + key) && !entry.get("value")->is_string())
        entry.insert_or_assign("value", value);
    toml::table keys;
    keys.insert(key, *entry.get("value"));
    toml::table table;
    table.insert(section, std::move(keys));
    return Layer{std::move(table), origin};
}

}  // namespace

Config parse_config(const std::string& toml_text) {
    Problems found;
    std::vector<Layer> layers;
    if (auto layer = parsed(toml_text, "", found)) layers.push_back(std::move(*layer));
    auto config = stacked(layers, found);
    if (found.empty()) found = problems(config);
    if (!found.empty()) throw ConfigError(found);
    return config;
}

ResolvedConfig resolve_config(const ConfigSource& source) {
    std::string origin;
    std::vector<Layer> layers;
    Problems found;
    bool complete = true;  // false: the values would be judged against defaults that nobody chose
    const auto add = [&](std::optional<Layer> layer) {
        if (layer) layers.push_back(std::move(*layer));
        return layer.has_value();
    };
    if (!source.preset.empty()) {
        origin = source.preset;
        if (const auto* preset = find_preset(source.preset)) {
            add(parsed(preset->toml, source.preset + ": ", found));
        } else {
            found.push_back(unknown("preset", source.preset, preset_names()));
            complete = false;
        }
    }
    if (!source.file.empty()) {
        origin = source.file.string();
        if (const auto text = read_text(source.file)) {
            complete = add(parsed(*text, source.file.string() + ": ", found)) && complete;
        } else {
            found.push_back(
                "cannot read the configuration '" + source.file.string() +
                "': check the path, or name a preset with --preset (`mollify presets` lists them)");
            complete = false;
        }
    }
    for (const auto& setting : source.settings) add(parsed_setting(setting, "--set ", found));
    auto config = stacked(layers, found);
    config.preset = origin;
    if (!complete) throw ConfigError(found);
    return {config, found};
}

ResolvedConfig with_settings(const Config& config, const std::vector<std::string>& settings,
                             const std::string& origin) {
    Problems found;
    std::vector<Layer> layers{{toml::parse(to_toml(config)), ""}};
    for (const auto& setting : settings) {
        if (auto layer = parsed_setting(setting, origin, found)) layers.push_back(std::move(*layer));
    }
    auto resolved = stacked(layers, found);
    resolved.preset = config.preset;
    return {std::move(resolved), std::move(found)};
}

std::string to_toml(const Config& config) {
    std::ostringstream out;
    std::string section;
    for_each_field(config, [&](const Field& field, const auto& value) {
        if (section != field.section) {
            out << (section.empty() ? "[" : "\n[") << field.section << "]\n";
            section = field.section;
        }
        const auto written = text(value);
        std::string line = written.empty() ? std::string("# ") + field.key + " = the curve's own"
                                           : std::string(field.key) + " = " + written;
        if (!field.meaning.empty()) {
            if (line.size() < 34) line.resize(34, ' ');
            line += "  # " + field.meaning;
        }
        out << line << '\n';
    });
    return out.str();
}

std::vector<std::string> differences(const Config& there, const Config& here) {
    std::map<std::string, std::string> values;
    for_each_field(there, [&](const Field& field, const auto& value) {
        if (field.decides == Decides::results) values.emplace(field.name(), text(value));
    });
    std::vector<std::string> out;
    const auto shown = [](const std::string& value) { return value.empty() ? "not set" : value; };
    for_each_field(here, [&](const Field& field, const auto& value) {
        const auto before = values.find(field.name());
        if (before == values.end()) return;  // decides nothing, or is of another kind of model, which is told
        if (const auto now = text(value); now != before->second)
            out.push_back(field.name() + ": " + shown(before->second) + " there, " + shown(now) + " here");
    });
    return out;
}

std::string digest(const Config& config) {
    Fingerprint fingerprint;
    for_each_field(config, [&](const Field& field, const auto& value) {
        if (field.decides == Decides::results) fingerprint.add(field.name()).add(text(value));
    });
    return fingerprint.hex();
}

}  // namespace mollify
