#include <algorithm>
#include <filesystem>

#include <mollify/datasets/hdf5/contents.hpp>
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

/// The preset's name, or the file's without its ending, with dashes for slashes.
std::string name_for_folder(const Config& config) {
    std::string name = config.preset.ends_with(".toml") ? std::filesystem::path(config.preset).stem().string()
                                                        : config.preset;
    std::ranges::replace(name, '/', '-');
    return name;
}

}  // namespace

void ConfigOptions::add_to(CLI::App& command) {
    command.add_option("config", file, "a TOML file with the configuration")->type_name("CONFIG.toml");
    command.add_option("--preset", preset, "a configuration by name; `mollify presets` lists them")
        ->excludes("config");
    command.add_option("--seed", seed, "of parameters, order and noise")->check(seed_range());
    add_shared_to(command);
}

void ConfigOptions::add_shared_to(CLI::App& command) {
    command.add_option("--data", data, "file or folder with the data");
    command.add_option("--device", device, "auto, cpu or cuda");
    command.add_option("--threads", threads, "that this process may use");
    add_settings(command, settings, "section.key=value, any key of the configuration");
}

ResolvedConfig ConfigOptions::resolve() const {
    ConfigSource source{preset, file, {}};
    const auto set = [&](const std::string& key, const std::string& value) {
        source.settings.push_back(key + "=" + value);
    };
    if (preset.empty() && file.empty()) {
        if (data.empty())
            throw ConfigError("name a configuration: CONFIG.toml, --preset NAME, or your own --data");
        const bool pack = is_hdf5(data) && holds_images(data);  // or a table: its name cannot tell
        source.preset = pack || std::filesystem::is_directory(data) ? "own/images" : "own/table";
        if (pack) set("data.set", "pack");
    }
    if (!data.empty()) set("data.path", quoted(data));
    if (seed) set("training.seed", std::to_string(*seed));
    if (!device.empty()) set("training.device", quoted(device));
    if (threads) set("threads.total", std::to_string(*threads));
    source.settings.insert(source.settings.end(), settings.begin(), settings.end());
    return resolve_config(source);
}

void add_settings(CLI::App& command, std::vector<std::string>& settings, const std::string& what) {
    command.add_option("--set", settings, what)
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false)  // or it would take the positional that follows
        ->take_all();
}

CLI::Range seed_range() { return {std::uint64_t{0}, kLargestSeed}; }

std::string default_run_folder(const Config& config) {
    return "runs/" + name_for_folder(config) + "-" + config.mollification.kind + "-seed" +
           std::to_string(config.training.seed);
}

std::string default_study_folder(const Config& config) { return "runs/study-" + name_for_folder(config); }

}  // namespace mollify
