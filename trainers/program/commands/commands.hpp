#pragma once
/// \file The subcommands of `mollify`: each adds itself to the command line and runs when it was chosen.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <mollify/trainers/program/config/config_text.hpp>

namespace mollify {

/// What the chosen subcommand does; its result is the exit status.
using Action = std::function<int()>;

void add_train(CLI::App& app, Action& action);
void add_evaluate(CLI::App& app, Action& action);
void add_sample(CLI::App& app, Action& action);
void add_presets(CLI::App& app, Action& action);
void add_pack(CLI::App& app, Action& action);
void add_inspect(CLI::App& app, Action& action);
void add_study(CLI::App& app, Action& action);
void add_verify(CLI::App& app, Action& action);

/// The options by which a subcommand is told its configuration.
struct ConfigOptions {
    std::string file;
    std::string preset;
    std::string data;
    std::optional<std::uint64_t> seed;
    std::optional<std::uint64_t> threads;
    std::string device;
    std::vector<std::string> settings;

    /// All of them.
    void add_to(CLI::App& command);
    /// Those that are the same for every run of a study: not the name, not the seed.
    void add_shared_to(CLI::App& command);
    /// Options after file or preset, settings last. Without either, --data FILE is trained by the preset
    /// own/table, --data FOLDER and a pack of images by own/images. Throws ConfigError.
    ResolvedConfig resolve() const;
};

/// --set KEY=VALUE, as often as wanted. \param what is told of it in the help
void add_settings(CLI::App& command, std::vector<std::string>& settings, const std::string& what);

/// For options that are told a seed.
CLI::Range seed_range();

/// runs/<name>-<mollifier>-seed<seed>
std::string default_run_folder(const Config& config);
/// runs/study-<name>
std::string default_study_folder(const Config& config);

}  // namespace mollify
