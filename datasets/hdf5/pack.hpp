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
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <mollify/datasets/dataset.hpp>
#include <mollify/datasets/storage/mapped_file.hpp>

namespace mollify {

struct PackOptions {
    std::size_t batch_size = 256;  ///< samples that are read (and transformed) at a time; at least 1
    /// Turns what the data set delivers into bytes: a Decode stage, say. Empty where it delivers bytes.
    std::function<void(Batch&)> transform = {};
    SampleShape shape = {};                     ///< of the bytes that `transform` makes; else not looked at
    RowLoop rows = serial_rows;                 ///< how rows are walked while reading
    std::vector<std::string> class_names = {};  ///< of labels 0, 1, …
    std::vector<std::string> attribute_names = {};  ///< of the A attributes, at most 4,000
    std::vector<std::uint8_t> attributes = {};      ///< N×A, row-major; empty for none
};

/// Writes every sample of the data set, in the order of ids. The file appears whole or not at all: it is
/// written under a temporary name in the same folder, synced, and renamed; nothing stays behind on failure.
/// Throws ConfigError where the options do not fit the data set, DataError where the file cannot be written
/// (with the system's reason), and whatever reading and transforming throw.
void write_pack(const Dataset& dataset, const std::filesystem::path& path, const PackOptions& options = {});

/// A pack, or any HDF5 file with a contiguous uint8 data set `images` of N×H×W×C; `labels`, `ids`,
/// `attributes` may be missing. HDF5 is used only while opening: rows come from the mapped file, in parallel,
/// without HDF5's lock. Chunked and compressed images are refused, with the command that converts them.
class PackDataset : public Dataset {
  public:
    /// Throws DataError with file and data set: missing file, not HDF5, cut short, missing data set, wrong
    /// shape, type or layout, labels, ids or attributes out of range.
    explicit PackDataset(const std::filesystem::path& path);

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
    /// N×A, row-major.
    std::span<const std::uint8_t> attributes() const { return attributes_; }
    const std::vector<std::string>& attribute_names() const { return attribute_names_; }
    const std::vector<std::string>& class_names() const { return class_names_; }

  private:
    MappedFile file_;
    std::string name_;
    std::string content_fingerprint_;
    SampleShape shape_;
    std::size_t size_ = 0;
    std::size_t offset_ = 0;  // of the first image, in bytes
    std::vector<Label> labels_;
    std::vector<std::uint64_t> source_ids_;
    std::vector<std::uint8_t> attributes_;
    std::vector<std::string> attribute_names_;
    std::vector<std::string> class_names_;
};

}  // namespace mollify
