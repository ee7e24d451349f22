#pragma once
/// \file HDF5's C interface with owned handles and typed errors. Private to this folder, not installed;
/// sources that use it include <hdf5.h> themselves.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace mollify::hdf5 {

using Id = std::int64_t;  ///< the library's hid_t

/// Held while the library is in use: one thread at a time, whether or not the library was built thread-safe,
/// and without its own error output.
class Session {
  public:
    Session();
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

  private:
    std::unique_lock<std::mutex> lock_;
    int (*print_)(Id, void*) = nullptr;  // what the library printed errors with before
    void* print_data_ = nullptr;
};

/// An identifier and the function that closes it.
class Handle {
  public:
    using Close = int (*)(Id);

    Handle() = default;
    Handle(Id id, Close function) : id_(id), close_(function) {}
    ~Handle() { close(); }
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(id_, other.id_);
        std::swap(close_, other.close_);
        return *this;
    }

    explicit operator bool() const { return id_ >= 0; }
    operator Id() const { return id_; }
    /// False where the library reports a failure (of a delayed write, say).
    bool close() { return id_ < 0 || close_(std::exchange(id_, -1)) >= 0; }

  private:
    Id id_ = -1;
    Close close_ = nullptr;
};

/// Description of the innermost entry of the library's error stack, or "". Any call into the library empties the stack.
std::string innermost_message();

/// Throws DataError: the problem, with the library's innermost message where it has one.
[[noreturn]] void fail(const std::string& path, const std::string& place, const std::string& problem,
                       const std::string& remedy);

/// Whether a file begins as HDF5 does, after a user's block or at once.
bool has_signature(const std::filesystem::path& path);

/// Opens an existing file to read. Throws DataError where it is missing, empty, not HDF5, cut short, locked, or left
/// open by a writer that died: each with what to do about it.
Handle open_file(const std::filesystem::path& path);

/// Names of all data sets in the file, with their groups, without the leading slash.
std::vector<std::string> dataset_names(Id file);

/// "images (60, 32, 32, 3) uint8, labels (60) int64": at most 20 of them.
std::string described(Id file, const std::vector<std::string>& names);

/// Opens a data set. Throws DataError that lists what the file holds where it is missing.
Handle open_dataset(Id file, const std::string& path, const std::string& name);

/// Extents of a data set; empty where it has none.
std::vector<std::uint64_t> extents(Id dataset);
/// Extents of a data set. Throws DataError where it has none (a scalar or empty space).
std::vector<std::uint64_t> extents(Id dataset, const std::string& path, const std::string& name);

/// "(50000, 32, 32, 3)".
std::string to_string(const std::vector<std::uint64_t>& extents);

/// Element type in words: "uint8", "float64", "a type that is no number".
std::string type_name(Id dataset);

/// An attribute holds at most 64 KiB, to which each text of an array adds 16 bytes wherever it is kept.
inline constexpr std::size_t kMostAttributeTexts = 4000;

/// The strings of an attribute, one or an array, or else of a data set of that name in the file or group; empty
/// where there is neither or it holds no text.
std::vector<std::string> read_strings(Id object, const char* name);

/// Writes text attributes (UTF-8, variable length): one, and an array of them. An array of more than
/// kMostAttributeTexts becomes a data set, which only files and groups can hold. False on failure.
bool write_string(Id object, const char* name, const std::string& text);
bool write_strings(Id object, const char* name, const std::vector<std::string>& texts);

}  // namespace mollify::hdf5
