#pragma once
/// \file A user's own images: one folder per class, or one folder of images.

#include <cstdint>
#include <string>
#include <vector>

#include <mollify/datasets/dataset.hpp>
#include <mollify/datasets/images/encoded_files.hpp>

namespace mollify {

/// The files *.jpg, *.jpeg and *.png (in any case) of a folder, delivered encoded.
///
/// Where the folder holds images, they are the samples, in the byte-wise order of their names, without
/// labels. Where it holds folders instead, each is a class, numbered from 0 in the byte-wise order of their
/// names, and the samples are their images, class after class. Other files and names that begin with a dot
/// are passed over. The folder is listed once, by the constructor; files must stay while the data set is in
/// use.
class ImageFolder final : public Dataset {
  public:
    static constexpr std::uint64_t kMaxFileBytes = std::uint64_t{64} << 20;

    /// \param max_file_bytes larger files are errors when they are read
    /// Throws DataError for a folder that is missing or unreadable, without images, with images beside class
    /// folders, with an empty class, or with a folder inside a class.
    explicit ImageFolder(const std::string& folder, std::uint64_t max_file_bytes = kMaxFileBytes);

    std::size_t size() const override { return files_.size(); }
    Format format() const override { return {Content::encoded, {}}; }
    void read(Batch& batch, const RowLoop& rows = serial_rows) const override;
    std::string name() const override { return "image-folder"; }
    std::string origin(SampleId id) const override { return files_.path(id); }
    std::string fingerprint() const override;

    /// Names by label; empty where there are no classes.
    const std::vector<std::string>& classes() const { return classes_; }
    Label label(SampleId id) const;

  private:
    struct Listing {
        std::vector<std::string> classes;
        std::vector<SampleId> class_ends;
        std::vector<std::string> names;
    };

    ImageFolder(const std::string& folder, Listing listing, std::uint64_t max_file_bytes);
    static Listing list(const std::string& folder);

    std::vector<std::string> classes_;
    std::vector<SampleId> class_ends_;  // by class, the id behind its last sample
    EncodedFiles files_;
};

/// Whether a file's name ends in .jpg, .jpeg or .png, in any case.
bool has_image_extension(const std::string& name);

}  // namespace mollify
