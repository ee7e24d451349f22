#pragma once
/// \file Samples that are files in a folder, handed on as they are.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/stages/batch.hpp>

namespace mollify {

/// Reads a regular file whole, reusing the memory of `out`. Throws DataError with path and remedy where it
/// cannot be opened or read, is empty, or is larger than `max_bytes`.
void read_file(const std::string& path, std::uint64_t max_bytes, std::vector<std::byte>& out);

/// File `id` of a list is sample `id`. Holds no open files; thread-safe.
class EncodedFiles {
  public:
    /// \param folder    what all names are relative to
    /// \param names     paths inside the folder, in the order of ids
    /// \param max_bytes larger files are errors
    EncodedFiles(std::string folder, std::vector<std::string> names, std::uint64_t max_bytes);

    std::size_t size() const { return names_.size(); }
    const std::string& folder() const { return folder_; }
    const std::string& name(SampleId id) const { return names_[id]; }
    std::string path(SampleId id) const { return folder_ + '/' + names_[id]; }

    /// Reads the files of `batch.ids()` into its encoded rows and declares them so. Labels are left alone. The batch
    /// has room for encoded rows, and all its ids are below size(): require_readable() sees to that.
    void read(Batch& batch, const RowLoop& rows) const;

    /// Adds the number of files, and the name and size of each (one stat per file).
    void add_to(Fingerprint& fingerprint) const;

  private:
    std::string folder_;
    std::vector<std::string> names_;
    std::uint64_t max_bytes_;
};

}  // namespace mollify
