#pragma once
/// \file A user's own images: one folder per class, or one folder of images.

#include <cstdint>
#include <string>
#include <vector>

#include <mollify/datasets/dataset.hpp>
#include <mollify/datasets/images/encoded_files.hpp>

namespace mollify {

/// The JPEG and PNG files of a folder (see has_image_extension()), delivered encoded.
///
/// Where the folder holds images, they are the samples, in the byte-wise order of their names, without
/// labels. Where it holds folders instead, each is a class, numbered from 0 in the byte-wise order of their
/// names, and the samples are their images and those of the folders inside them, class after class, ordered as
/// torchvision's ImageFolder orders them. Other files, names that begin with a dot and `__MACOSX` are passed over, and
/// counted in remarks(). Links are followed. The folder is listed once, by the constructor; files must stay while the
/// data set is in use.
class ImageFolder final : public Dataset {
  public:
    static constexpr std::uint64_t kMaxFileBytes = std::uint64_t{64} << 20;

    /// \param max_file_bytes larger files are errors when they are read
    /// Throws DataError for a folder that is missing or unreadable, without images, with images beside class
    /// folders, with a class without images, or with links to what is not there.
    explicit ImageFolder(const std::string& folder, std::uint64_t max_file_bytes = kMaxFileBytes);

    std::size_t size() const override { return files_.size(); }
    Format format() const override { return {Content::encoded, {}}; }
    void read(Batch& batch, const RowLoop& rows = serial_rows) const override;
    std::string name() const override { return "image-folder"; }
    std::string origin(SampleId id) const override { return files_.path(id); }
    std::string fingerprint() const override;

    /// By label; empty where there are no classes.
    const std::vector<std::string>& class_names() const { return class_names_; }
    Label label(SampleId id) const;

    /// For people: what was read and what was passed over, by the endings of names. Empty where nothing was.
    const std::vector<std::string>& remarks() const { return remarks_; }

  private:
    struct Listing {
        std::vector<std::string> class_names;
        std::vector<SampleId> class_ends;
        std::vector<std::string> names;
        std::vector<std::string> remarks;
    };

    ImageFolder(const std::string& folder, Listing listing, std::uint64_t max_file_bytes);
    static Listing list(const std::string& folder);

    std::vector<std::string> class_names_;
    std::vector<SampleId> class_ends_;  // by class, the id behind its last sample
    std::vector<std::string> remarks_;
    EncodedFiles files_;
};

/// Whether a file's name ends as those of JPEG and PNG files do: .jpg, .jpeg, .jpe, .jfif or .png, in any case.
bool has_image_extension(const std::string& name);

}  // namespace mollify
