#pragma once
/// \file Packs: decoded images in one HDF5 file, read at the speed of a raw file.
///
/// A pack holds `images` (uint8, N×H×W×C, contiguous), `labels` (int32, N), `ids` (uint64, N: the samples'
/// ids in the set that was packed) and, where the set has them, `attributes` (uint8, N×A, with their
/// `names`). On the file: `mollify_pack` (version of this layout), `source`, `source_fingerprint`,
/// `content_fingerprint`, `class_names` (a data set of that name where there are more than 4,000, which no
/// attribute holds). In Python: `with h5py.File("set.h5") as f: image, label = f["images"][i], f["labels"][i]`.
///
/// HDF5 files are trusted input: the library that opens them is not hardened against forged ones.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <mollify/datasets/dataset.hpp>

namespace mollify {

namespace hdf5 {
class ImageRows;
}

/// What a pack says about its images beside their labels.
struct PackNotes {
    std::vector<std::string> class_names = {};      ///< of labels 0, 1, …
    std::vector<std::string> attribute_names = {};  ///< of the A attributes, at most 4,000; or none
    std::vector<std::uint8_t> attributes = {};      ///< N×A, row-major; empty for none
};

/// Writes a pack, batch after batch. The file appears whole or not at all: it is written under a temporary name in the
/// same folder, synced, and renamed; nothing stays behind on failure.
class PackWriter {
  public:
    /// For the `count` samples of a set called `source`. Throws ConfigError where the notes do not fit, DataError where
    /// the file cannot be written (with the system's reason).
    PackWriter(const std::filesystem::path& path, std::size_t count, const SampleShape& shape,
               std::string source, PackNotes notes = {});
    ~PackWriter();
    PackWriter(const PackWriter&) = delete;
    PackWriter& operator=(const PackWriter&) = delete;

    /// The next samples, held as bytes, in the order of ids. Throws DataError as the constructor does, Error for other
    /// samples.
    void append(const Batch& batch);
    /// After the last sample: the file takes its name. \param source_fingerprint of the set that was packed
    void commit(const std::string& source_fingerprint);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Packs a data set that delivers bytes, on this thread. Throws as PackWriter, and what reading throws.
void write_pack(const Dataset& dataset, const std::filesystem::path& path, PackNotes notes = {});

/// A pack, or any HDF5 file with a uint8 data set of images: N×H×W×C, N×C×H×W or N×H×W (grey); `labels`, `ids`,
/// `attributes` may be missing. Images in one piece come from the mapped file, in parallel, without HDF5's lock.
/// Chunked, compressed, external and virtual ones are read through HDF5, one image at a time: fit for packing, and slow
/// to train from in random order.
class PackDataset : public Dataset {
  public:
    /// \param images name of the data set; empty for `images`, or else for the only one that holds images
    /// Throws DataError with file and data set: missing file, not HDF5, cut short, no or several data sets of images
    /// (with their names), wrong shape or type, a filter that is not there, labels, ids or attributes out of range.
    explicit PackDataset(const std::filesystem::path& path, const std::string& images = "");

    std::size_t size() const override { return size_; }
    Format format() const override { return {Content::bytes, shape_}; }
    void read(Batch& batch, const RowLoop& rows = serial_rows) const override;
    /// The name of the packed set.
    std::string name() const override { return name_; }
    std::string origin(SampleId id) const override;
    /// From the content's hash that the writer stored, or from all images where there is none.
    std::string fingerprint() const override;

    /// Empty where the pack has none; otherwise N entries.
    std::span<const Label> labels() const { return labels_; }
    std::span<const std::uint64_t> source_ids() const { return source_ids_; }
    /// Class names, and attributes as they are packed again.
    const PackNotes& notes() const { return notes_; }
    /// How the images are stored, in words: "N×C×H×W, read through HDF5, one at a time".
    std::string storage() const;
    /// Data sets of the file that are not used, each with shape and type.
    const std::string& passed_over() const { return passed_over_; }

  private:
    std::string path_;
    std::string images_name_;
    std::string name_;
    std::string content_fingerprint_;
    SampleShape shape_;
    std::size_t size_ = 0;
    bool channels_first_ = false;
    std::shared_ptr<const hdf5::ImageRows> images_;
    std::vector<Label> labels_;
    std::vector<std::uint64_t> source_ids_;
    PackNotes notes_;
    std::string passed_over_;
};

}  // namespace mollify
