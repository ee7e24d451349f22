#pragma once
/// \file CelebA as it is distributed: 202,599 aligned portraits with 40 attributes (Liu et al., ICCV 2015).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mollify/datasets/dataset.hpp>
#include <mollify/datasets/images/encoded_files.hpp>
#include <mollify/datasets/split.hpp>

namespace mollify {

struct CelebAOptions {
    std::string folder;  ///< what holds the images' folder and the lists, or the folder above
    /// Officially 162,770 / 19,867 / 19,962 images; none: all of them.
    std::optional<Split> split = Split::train;
    std::string attribute = {};               ///< its value, 0 or 1, is the label; empty for no label
    std::uint64_t max_file_bytes = 64 << 20;  ///< larger files are errors when they are read
};

/// The aligned images (178×218) of one split, delivered encoded, in the order of the partition list.
///
/// Looks for the folder img_align_celeba and the lists list_eval_partition and list_attr_celeba (.txt, else
/// .csv), in find_celeba(folder) itself and in Img, Eval and Anno as in the official download, and for the images one
/// level deeper, as in Kaggle's. The attribute list may be missing where no attribute is asked for. The lists name
/// .jpg files; where those are not there, PNG files of the same names are taken.
class CelebA final : public Dataset {
  public:
    /// Throws DataError: a missing folder or list, a malformed list (with its line), a list that names an
    /// image twice or one that is not there (with list, line and file), an empty split; ConfigError for an unknown
    /// attribute.
    explicit CelebA(const CelebAOptions& options);

    std::size_t size() const override { return files_.size(); }
    Format format() const override { return {Content::encoded, {}}; }
    void read(Batch& batch, const RowLoop& rows = serial_rows) const override;
    /// "celeba/" and the split, or "celeba/all".
    std::string name() const override;
    std::string origin(SampleId id) const override { return files_.path(id); }
    /// Of names, sizes, attributes, and which of them is the label.
    std::string fingerprint() const override;

    /// Names in the order of the list; empty without an attribute list.
    const std::vector<std::string>& attribute_names() const { return attribute_names_; }
    /// Bit k is set where attribute k of the sample is 1; all 0 without an attribute list.
    std::uint64_t attributes(SampleId id) const { return bits_.empty() ? 0 : bits_[id]; }

    /// For people: that PNG files stand for the listed ones. Empty otherwise.
    const std::vector<std::string>& remarks() const { return remarks_; }

  private:
    struct Index {
        std::string images;              // folder
        std::vector<std::string> files;  // of the split
        std::vector<std::string> attribute_names;
        std::vector<std::uint64_t> bits;  // by file
        std::vector<std::string> remarks;
    };

    CelebA(const CelebAOptions& options, Index index);
    static Index index(const CelebAOptions& options);

    std::optional<Split> split_;
    std::vector<std::string> attribute_names_;
    std::vector<std::uint64_t> bits_;
    std::vector<std::string> remarks_;
    std::size_t label_bit_;  // which attribute is the label; kNone for none
    EncodedFiles files_;

    static constexpr std::size_t kNone = ~std::size_t{0};
};

/// Which folder holds CelebA's images and partition list: `folder`, or celeba or CelebA in it (as torchvision keeps
/// it); "" for none.
std::string find_celeba(const std::string& folder);

}  // namespace mollify
