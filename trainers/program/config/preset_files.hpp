#pragma once
/// \file The files of presets/ as text; the build makes the source.

#include <span>

namespace mollify {

struct PresetFile {
    const char* name;  ///< its path in presets/ without the ending
    const char* toml;
};

/// A text with {set} and {kind} in it stands for one preset per data set and kind.
std::span<const PresetFile> preset_files();

}  // namespace mollify
