#include <algorithm>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/program/config/config_text.hpp>
#include <mollify/trainers/program/study/arm.hpp>

namespace mollify {
namespace {

/// The parts between commas that stand in no bracket and no quotes.
std::vector<std::string> parts_of(const std::string& text) {
    std::vector<std::string> parts(1);
    int depth = 0;
    char quote = 0;
    for (const char c : text) {
        if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else {
            depth += (c == '[') - (c == ']');
        }
        if (c == ',' && depth == 0 && quote == 0) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

/// Names become folders, columns, and keys of study.json beside "name" and "truth".
bool can_be_name(const std::string& name) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    };
    return !name.empty() && name.front() != '.' && name.front() != '-' && std::ranges::all_of(name, plain) &&
           name != "name" && name != "truth";
}

}  // namespace

std::vector<Arm> default_arms() { return {arm_of_kind("none"), {"mollified"}}; }

Arm arm_of_kind(const std::string& kind) {
    return {kind == "none" ? "vanilla" : kind, {"mollification.kind=" + kind}};
}

Arm parse_arm(const std::string& text) {
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == text.size())
        throw ConfigError("--arm " + text + ": write it as NAME:section.key=value[,section.key=value]");
    return {text.substr(0, colon), parts_of(text.substr(colon + 1))};
}

Config arm_config(const Config& config, const Arm& arm, std::vector<std::string>& found) {
    const auto resolved = with_settings(config, arm.settings, "arm " + arm.name + ": ");
    found.insert(found.end(), resolved.problems.begin(), resolved.problems.end());
    return resolved.config;
}

std::vector<std::string> problems(const Config& config, const std::vector<Arm>& arms) {
    std::vector<std::string> found;
    if (arms.size() < 2) {
        found.emplace_back(
            "--arms, --arm: a study compares at least two arms, such as --arms none,gaussian, or "
            "--arms none --arm NAME:section.key=value");
    }
    const auto shared = problems(config);  // of every arm; told by who made the configuration
    std::vector<Config> configs;
    for (const Arm& arm : arms) {
        if (!can_be_name(arm.name)) {
            found.push_back(
                "arm '" + arm.name +
                "': a name is made of letters, digits, '-', '_' and '.', begins with none of '-' and "
                "'.', and is not 'name' or 'truth'");
        }
        for (const auto& setting : arm.settings) {
            if (setting.starts_with("training.seed=")) {
                found.push_back("arm " + arm.name + ": " + setting +
                                ": a study takes its seeds from --seeds");
            } else if (setting.starts_with("data.set=")) {
                found.push_back("arm " + arm.name + ": " + setting +
                                ": all arms are tested on the same data set");
            }
        }
        const auto before = found.size();
        auto own = arm_config(config, arm, found);
        const bool readable = found.size() == before;
        if (readable) {
            for (const auto& problem : problems(own)) {
                if (std::ranges::find(shared, problem) == shared.end())
                    found.push_back("arm " + arm.name + ": " + problem);
            }
        }
        for (std::size_t i = 0; i < configs.size(); ++i) {
            if (arms[i].name == arm.name) {
                found.push_back("arm " + arm.name +
                                ": the name is there twice; give another, as in --arm NAME:" +
                                (arm.settings.empty() ? "section.key=value" : arm.settings.front()));
            } else if (readable && digest(configs[i]) == digest(own)) {
                found.push_back("arm " + arm.name + ": is the same training as " + arms[i].name +
                                ": give it a setting of its own, such as mollification.kind=gaussian");
            }
        }
        configs.push_back(std::move(own));
    }
    return found;
}

}  // namespace mollify
