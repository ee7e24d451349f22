#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>
#include <type_traits>

#include <toml++/toml.h>

#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/trainers/program/config/config_text.hpp>
#include <mollify/trainers/program/config/fields.hpp>
#include <mollify/trainers/program/config/presets.hpp>

namespace mollify {
namespace {

using Problems = std::vector<std::string>;

constexpr std::array kCurves{Curve::sigmoid, Curve::cosine, Curve::linear, Curve::constant, Curve::step};
constexpr std::array kClocks{Clock::iteration, Clock::epoch};

template <class E, std::size_t N>
std::vector<std::string> names(const std::array<E, N>& values) {
    std::vector<std::string> out;
    for (const E value : values) out.emplace_back(to_string(value));
    return out;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

// ---- from TOML: each returns what is wrong, or an empty text ----

std::string assign(const toml::node& node, std::string& value) {
    if (!node.is_string()) return "must be a text in quotes";
    value = node.as_string()->get();
    return "";
}
std::string assign(const toml::node& node, bool& value) {
    if (!node.is_boolean()) return "must be true or false";
    value = node.as_boolean()->get();
    return "";
}
std::string assign(const toml::node& node, double& value) {
    if (!node.is_number()) return "must be a number";
    const auto number = *node.value<double>();
    if (!std::isfinite(number)) return "must be finite";
    value = number;
    return "";
}
std::string assign(const toml::node& node, std::int64_t& value) {
    if (!node.is_integer()) return "must be a whole number";
    value = node.as_integer()->get();
    return "";
}
std::string assign(const toml::node& node, std::uint64_t& value) {
    if (!node.is_integer() || node.as_integer()->get() < 0) return "must be a whole number, at least 0";
    value = static_cast<std::uint64_t>(node.as_integer()->get());
    return "";
}
std::string assign(const toml::node& node, std::optional<double>& value) {
    double number = 0;
    auto problem = assign(node, number);
    if (problem.empty()) value = number;
    return problem;
}
std::string assign(const toml::node& node, std::vector<std::uint64_t>& value) {
    if (!node.is_array()) return "must be a list of whole numbers, such as [0, 1000]";
    value.clear();
    for (const auto& element : *node.as_array()) {
        if (const auto problem = assign(element, value.emplace_back()); !problem.empty()) return problem;
    }
    return "";
}
template <class E, std::size_t N>
std::string assign_name(const toml::node& node, E& value, const std::array<E, N>& values) {
    std::string name;
    if (const auto problem = assign(node, name); !problem.empty()) return problem;
    const auto found =
        std::ranges::find_if(values, [&](E candidate) { return name == to_string(candidate); });
    if (found == values.end()) return unknown("value", name, names(values));
    value = *found;
    return "";
}
std::string assign(const toml::node& node, Curve& value) { return assign_name(node, value, kCurves); }
std::string assign(const toml::node& node, Clock& value) { return assign_name(node, value, kClocks); }

// ---- to TOML: an empty text for what is not set ----

std::string text(const std::string& value) {
    std::ostringstream out;
    out << toml::value<std::string>(value);
    return out.str();
}
std::string text(bool value) { return value ? "true" : "false"; }
/// The shortest digits that read back as the same number.
std::string text(double value) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    std::string out(digits.data(), end);
    if (out.find_first_of(".e") == std::string::npos) out += ".0";
    return out;
}
std::string text(std::int64_t value) { return std::to_string(value); }
std::string text(std::uint64_t value) { return std::to_string(value); }
std::string text(const std::optional<double>& value) { return value ? text(*value) : ""; }
std::string text(Curve value) { return text(std::string(to_string(value))); }
std::string text(Clock value) { return text(std::string(to_string(value))); }
std::string text(const std::vector<std::uint64_t>& value) {
    std::vector<std::string> words;
    for (const auto number : value) words.push_back(text(number));
    return "[" + joined(words) + "]";
}

std::vector<std::string> field_names(const std::string& section = "") {
    std::vector<std::string> out;
    Config config;
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
    Config config;
    for_each_field(config, [&](const Field& field, const auto&) {
        if (out.empty() || out.back() != field.section) out.emplace_back(field.section);
    });
    return out;
}

/// Takes what `table` says into `config`; `origin` begins each message.
void apply(const toml::table& table, const std::string& origin, Config& config, Problems& found) {
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
    for (const auto& [section_key, node] : table) {
        const std::string section(section_key.str());
        if (std::ranges::find(sections, section) == sections.end()) {
            found.push_back(origin + unknown("section", section, sections));
        } else if (!node.is_table()) {
            found.push_back(origin + "'" + section + "' is a section: write [" + section +
                            "], then its keys");
        } else {
            for (const auto& [key, ignored] : *node.as_table()) {
                const auto name = section + "." + std::string(key.str());
                if (taken.contains(name)) continue;
                // The right key may stand in another section, so all are looked through where none is near here.
                auto hint = suggestion(std::string(key.str()), field_names(section));
                if (hint.empty()) hint = suggestion(name, field_names());
                found.push_back(origin + "unknown key '" + name + "'" + hint);
            }
        }
    }
}

/// \returns whether it is TOML
bool apply_text(const std::string& toml_text, const std::string& origin, Config& config, Problems& found) {
    try {
        apply(toml::parse(toml_text), origin, config, found);
        return true;
    } catch (const toml::parse_error& error) {
        const auto& place = error.source().begin;
        found.push_back(origin + "line " + std::to_string(place.line) + ", column " +
                        std::to_string(place.column) + ": " + std::string(error.description()));
        return false;
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
void apply_setting(const std::string& setting, Config& config, Problems& found) {
    const auto equals = setting.find('=');
    const auto dot = setting.find('.');
    if (equals == std::string::npos || dot == std::string::npos || dot > equals) {
        found.push_back("--set " + setting + ": write it as section.key=value");
        return;
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
    apply(table, "--set ", config, found);
}

}  // namespace

Config parse_config(const std::string& toml_text) {
    Config config;
    Problems found;
    apply_text(toml_text, "", config, found);
    if (found.empty()) found = problems(config);
    if (!found.empty()) throw ConfigError(found);
    return config;
}

ResolvedConfig resolve_config(const ConfigSource& source) {
    Config config;
    Problems found;
    bool complete = true;  // false: the values would be judged against defaults that nobody chose
    if (!source.preset.empty()) {
        config.preset = source.preset;
        if (const auto* preset = find_preset(source.preset)) {
            apply_text(preset->toml, source.preset + ": ", config, found);
        } else {
            found.push_back(unknown("preset", source.preset, preset_names()));
            complete = false;
        }
    }
    if (!source.file.empty()) {
        config.preset = source.file.string();
        std::ifstream in(source.file);
        std::stringstream content;
        content << in.rdbuf();
        if (in) {
            complete = apply_text(content.str(), source.file.string() + ": ", config, found) && complete;
        } else {
            found.push_back(
                "cannot read the configuration '" + source.file.string() +
                "': check the path, or name a preset with --preset (`mollify presets` lists them)");
            complete = false;
        }
    }
    for (const auto& setting : source.settings) apply_setting(setting, config, found);
    if (!complete) throw ConfigError(found);
    return {config, found};
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
        const std::string meaning = field.meaning;
        if (!meaning.empty()) {
            if (line.size() < 34) line.resize(34, ' ');
            line += "  # " + meaning;
        }
        out << line << '\n';
    });
    return out.str();
}

std::vector<std::string> differences(const Config& there, const Config& here) {
    std::vector<std::pair<std::string, std::string>> values;
    for_each_field(there, [&](const Field& field, const auto& value) {
        values.emplace_back(field.name(), field.decides == Decides::results ? text(value) : "");
    });
    std::vector<std::string> out;
    std::size_t i = 0;
    const auto shown = [](const std::string& value) { return value.empty() ? "not set" : value; };
    for_each_field(here, [&](const Field& field, const auto& value) {
        const auto& [name, before] = values[i++];
        const auto now = field.decides == Decides::results ? text(value) : "";
        if (before != now) out.push_back(name + ": " + shown(before) + " there, " + shown(now) + " here");
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
