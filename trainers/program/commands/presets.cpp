#include <cstdio>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/program/commands/commands.hpp>
#include <mollify/trainers/program/config/presets.hpp>
#include <mollify/trainers/program/run/report.hpp>

namespace mollify {
namespace {

int run(const std::string& name) {
    if (name.empty()) {
        std::vector<std::pair<std::string, std::string>> rows;
        for (const auto& preset : presets()) rows.emplace_back(preset.name, preset.description);
        std::fputs(table(rows).c_str(), stdout);
        return 0;
    }
    const auto* preset = find_preset(name);
    if (preset == nullptr) throw ConfigError(unknown("preset", name, preset_names()));
    std::fputs(preset->toml.c_str(), stdout);
    return 0;
}

}  // namespace

void add_presets(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("presets", "list the configurations that have names, or print one");
    const auto name = std::make_shared<std::string>();
    command->add_option("name", *name, "print this one, to copy and change");
    command->callback([name, &action] { action = [name] { return run(*name); }; });
}

}  // namespace mollify
