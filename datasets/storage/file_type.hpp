#pragma once
/// \file What a file is, told by its first bytes and never by its name.

#include <cstddef>
#include <filesystem>
#include <span>

namespace mollify {

/// A kind of file, and what its owner should do where another kind is expected.
struct FileType {
    enum class Kind { text, npy, hdf5, jpeg, png, other };

    Kind kind;
    const char* name;    ///< as in "is <name>": "a NumPy array (.npy)", "compressed by gzip"
    const char* remedy;  ///< a step that makes it usable here, or the setting that reads it as it is
};

/// So many bytes of a file's beginning tell its type; fewer do where the file is shorter.
constexpr std::size_t kTypeBytes = 1024;

/// Never throws: what has no known beginning is text, or, with a byte that text does not have, unknown data.
const FileType& file_type(std::span<const std::byte> first_bytes);

/// The same of the file at `path`. Throws DataError where it cannot be read.
const FileType& file_type(const std::filesystem::path& path);

}  // namespace mollify
