#include <algorithm>
#include <filesystem>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/program/commands/commands.hpp>

namespace mollify {
namespace {

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

/// An HDF5 file holds a table, or images if it is a pack: the name of the preset cannot tell, so the set is asked for.
std::string preset_for(const std::string& path) {
    if (std::filesystem::is_directory(path)) return "own/images";
    if (std::filesystem::exists(path)) return "own/table";
    throw ConfigError("--data: there is no '" + path + "'");
}

}  // namespace

void ConfigOptions::add_to(CLI::App& command) {
    command.add_option("config", file, "a TOML file with the configuration")->type_name("CONFIG.toml");
    command.add_option("--preset", preset, "a configuration by name; `mollify presets` lists them")
        ->excludes("config");
    command.add_option("--seed", seed, "of parameters, order and noise");
    add_shared_to(command);
}

void ConfigOptions::add_shared_to(CLI::App& command) {
    command.add_option("--data", data, "file or folder with the data");
    command.add_option("--device", device, "auto, cpu or cuda");
    command.add_option("--threads", threads, "that this process may use");
    command.add_option("--set", settings, "section.key=value, any key of the configuration")
        ->type_name("KEY=VALUE")
        ->take_all();
}

Config ConfigOptions::resolve() const {
    ConfigSource source{preset, file, {}};
    if (preset.empty() && file.empty()) {
        if (data.empty())
            throw ConfigError("name a configuration: CONFIG.toml, --preset NAME, or your own --data");
        source.preset = preset_for(data);
    }
    const auto set = [&](const std::string& key, const std::string& value) {
        source.settings.push_back(key + "=" + value);
    };
    if (!data.empty()) set("data.path", quoted(data));
    if (seed) set("training.seed", std::to_string(*seed));
    if (!device.empty()) set("training.device", quoted(device));
    if (threads) set("threads.total", std::to_string(*threads));
    source.settings.insert(source.settings.end(), settings.begin(), settings.end());
    return resolve_config(source);
}

std::string default_run_folder(const Config& config) {
    std::string name = config.preset.ends_with(".toml") ? std::filesystem::path(config.preset).stem().string()
                                                        : config.preset;
    std::ranges::replace(name, '/', '-');
    return "runs/" + name + "-" + config.mollification.kind + "-seed" + std::to_string(config.training.seed);
}

}  // namespace mollify
