#pragma once
/// \file Configurations with names.

#include <string>
#include <vector>

namespace mollify {

struct Preset {
    std::string name;
    std::string description;  ///< one line
    std::string toml;         ///< on top of the defaults; to copy as a beginning of one's own
};

/// By name. Each is a file of presets/, called by its path there; its first line, a comment, describes it.
const std::vector<Preset>& presets();
std::vector<std::string> preset_names();
/// Null where there is none of that name.
const Preset* find_preset(const std::string& name);

}  // namespace mollify
