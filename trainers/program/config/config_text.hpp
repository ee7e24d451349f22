#pragma once
/// \file A configuration as text: read from presets, files and the command line, printed, compared.

#include <filesystem>
#include <string>
#include <vector>

#include <mollify/trainers/program/config/config.hpp>

namespace mollify {

/// What a command line says about the configuration, in the order in which it applies.
struct ConfigSource {
    std::string preset;          ///< name of a preset, or empty
    std::filesystem::path file;  ///< a TOML file, or empty
    std::vector<std::string>
        settings;  ///< "section.key=value"; a value that is not TOML is taken as a string
};

/// What its source says, as far as it can be read.
struct ResolvedConfig {
    Config config;
    /// Unknown sections and keys (with the nearest right name), values of a wrong type.
    std::vector<std::string> problems;
};

/// Defaults, then the preset, the file and the settings. Whether the values fit together is not looked at:
/// prepare() tells that with the problems found here. Throws ConfigError where there is no such preset or file,
/// or it is no TOML, as nothing can be said about the values then.
ResolvedConfig resolve_config(const ConfigSource& source);

/// `config` with settings as those of ConfigSource. \param origin begins what is said of a problem
ResolvedConfig with_settings(const Config& config, const std::vector<std::string>& settings,
                             const std::string& origin);

/// The TOML text of one configuration on top of the defaults. Throws ConfigError with all that is wrong with it.
Config parse_config(const std::string& toml);

/// All keys with their values, in TOML. parse_config() gives the same configuration back.
std::string to_toml(const Config& config);

/// "section.key", value there, value here, for every key in which the two differ and that changes what is
/// computed. Threads, device, paths and intervals between logs and checkpoints do not.
std::vector<std::string> differences(const Config& there, const Config& here);

/// Of the keys that differences() looks at: 16 hexadecimal digits.
std::string digest(const Config& config);

}  // namespace mollify
