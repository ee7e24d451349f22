#pragma once
/// \file What keys were called before, so that old runs can be read and old habits are told the new name.

#include <optional>
#include <string>

namespace mollify {

/// The name of today of a key "section.key" that was renamed; absent where it was not.
std::optional<std::string> renamed_key(const std::string& name);

/// The config.toml of a run, as the program wrote it, in the keys of today. A text that needs nothing is given back
/// as it is, and so is one that is no TOML.
std::string upgrade(const std::string& config_toml);

}  // namespace mollify
