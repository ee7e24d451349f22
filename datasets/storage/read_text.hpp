#pragma once
/// \file A small file as text.

#include <filesystem>
#include <optional>
#include <string>

namespace mollify {

/// The whole file; nothing where it cannot be opened. For files that the program writes or its users edit.
std::optional<std::string> read_text(const std::filesystem::path& path);

}  // namespace mollify
