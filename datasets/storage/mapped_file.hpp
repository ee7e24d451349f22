#pragma once
/// \file A whole file as read-only memory.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include <mollify/datasets/storage/bus_errors.hpp>

struct stat;

namespace mollify {

/// Maps a file into memory for reading. The pages come from the system's cache and are shared between
/// processes; nothing is copied. Movable; reading is thread-safe. The file must not change while it is
/// mapped: change() tells whether it did, and reading behind a new end is a bus error (bus_errors.hpp).
class MappedFile {
  public:
    /// How the file is going to be read, as a hint to the system.
    enum class Access { sequential, random };

    /// Throws DataError where the file cannot be opened, is not a regular file, or is empty.
    explicit MappedFile(const std::filesystem::path& path, Access access = Access::sequential);
    ~MappedFile();
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;

    std::span<const std::byte> bytes() const { return {data_, size_}; }
    std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_}; }
    const std::uint8_t* data() const { return reinterpret_cast<const std::uint8_t*>(data_); }
    std::size_t size() const { return size_; }
    const std::string& path() const { return path_; }

    /// What happened since it was opened to the file at path(), by its size, time of writing (ns) and identity, in
    /// words that begin with the path; empty where nothing did. Reads no content.
    std::string change() const;

  private:
    /// What is known of a file without reading it.
    struct State {
        std::uint64_t device = 0, number = 0, size = 0;
        std::int64_t seconds = 0, nanoseconds = 0;  ///< of the last writing
        bool operator==(const State&) const = default;
    };
    static State state(const struct ::stat& status);

    std::string path_;
    const std::byte* data_ = nullptr;
    std::size_t size_ = 0;
    State opened_;
    NamedRange range_;
};

/// Starts to bring a record into the processor's cache while another one is copied. Records in random order are
/// copied in two thirds of the time.
inline void prefetch(const std::uint8_t* record, std::size_t bytes) {
    constexpr std::size_t kCacheLine = 64;
    for (std::size_t offset = 0; offset < bytes; offset += kCacheLine) __builtin_prefetch(record + offset);
}

}  // namespace mollify
