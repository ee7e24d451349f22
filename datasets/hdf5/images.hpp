#pragma once
/// \file Data sets of images in HDF5 files: which they are, and their rows. Private to this folder.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mollify/datasets/hdf5/library.hpp>
#include <mollify/datasets/storage/mapped_file.hpp>
#include <mollify/stages/shape.hpp>

namespace mollify::hdf5 {

/// How images lie in a data set of uint8.
struct ImageLayout {
    std::size_t count = 0;
    SampleShape shape;
    bool channels_first = false;  ///< N×C×H×W; otherwise N×H×W×C
};

/// The layout of N×H×W×C, N×C×H×W or N×H×W (grey) numbers. The channels are the extent that is 1 or 3, else 2 or 4;
/// the last one where both are. `own`: of a pack, whose channels are last whatever their number. Nothing where no
/// extent is that of channels, where one is 0, or where the images are more bytes than can be counted.
std::optional<ImageLayout> image_layout(const std::vector<std::uint64_t>& extents, bool own);

/// The names of the file's data sets of images: uint8 with four extents, else uint8 with three.
std::vector<std::string> image_sets(Id file);

/// The names of the file's data sets that are surely tables: floats with two extents.
std::vector<std::string> table_sets(Id file);

/// The images of an opened data set, each as it is stored: mapped into memory where they lie in one piece, else read
/// through HDF5, one at a time. Thread-safe.
class ImageRows {
  public:
    /// Throws DataError where the images cannot be had (see require_stored) or the file is cut short.
    ImageRows(Handle file, const std::string& path, const std::string& name, std::size_t count,
              std::size_t row_bytes);
    ~ImageRows();
    ImageRows(const ImageRows&) = delete;
    ImageRows& operator=(const ImageRows&) = delete;

    /// The bytes of image `row`: in the mapped file, or read into `room`. Throws DataError with the damaged chunk.
    const std::uint8_t* row(std::size_t row, std::vector<std::uint8_t>& room) const;
    /// Starts to bring an image nearer.
    void prefetch(std::size_t row) const;
    bool mapped() const { return file_.has_value(); }

  private:
    void open_chunked(Id creation);

    std::string path_;
    std::string name_;
    std::size_t row_bytes_;
    std::optional<MappedFile> file_;
    std::size_t offset_ = 0;  // of the first image in it, in bytes
    Handle library_file_;     // otherwise, and the set in it
    Handle set_;
};

}  // namespace mollify::hdf5
