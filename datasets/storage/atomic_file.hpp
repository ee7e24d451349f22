#pragma once
/// \file Files that are there whole or not at all, whatever happens while they are written.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace mollify {

/// A file under a temporary name in the folder of its final one, `<name>.partial-<process>-<count>-<machine>`. commit()
/// makes it durable and gives it its name in one step; without commit() it is removed. What processes that were killed
/// left of the same file is removed when it is written again. Not thread-safe.
class AtomicFile {
  public:
    /// Creates the temporary file. Throws DataError where the folder is missing or cannot be written to, and where
    /// `path` is there and is not a regular file: a folder, a pipe, a device.
    explicit AtomicFile(std::filesystem::path path);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    /// Where to write until commit(), for libraries that want a path.
    const std::filesystem::path& temporary() const { return temporary_; }

    /// Appends at the current position. Throws DataError with the system's reason (no space, for one).
    void write(std::span<const std::byte> bytes);
    /// Writes at `offset` bytes from the beginning; thread-safe for places that do not overlap.
    void write_at(std::size_t offset, std::span<const std::byte> bytes);
    /// Reserves room for `size` bytes where the file system can, so that a full disk shows at once.
    void reserve(std::size_t size);

    /// fsync, rename over `path`, fsync of the folder.
    void commit();

  private:
    std::filesystem::path path_;
    std::filesystem::path temporary_;
    int descriptor_ = -1;
};

/// Writes a whole file of this text, or leaves what was there. Throws DataError.
void write_text(const std::filesystem::path& path, std::string_view text);

/// Writes all of `bytes` where the descriptor stands, past short writes and interruptions. False, with errno set,
/// where that fails.
bool write_all(int descriptor, std::span<const std::byte> bytes);

/// Makes the entries of a folder durable. Throws DataError.
void sync_folder(const std::filesystem::path& folder);

/// A name beside `path` that no other process or thread uses.
std::filesystem::path temporary_name(const std::filesystem::path& path);

/// Removes the files and folders that have temporary names of `path` and whose process, of this machine, is dead.
void remove_leftovers(const std::filesystem::path& path);

}  // namespace mollify
