#pragma once
/// \file CIFAR-10 and CIFAR-100 in their official binary layout (Krizhevsky 2009).

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <mollify/datasets/dataset.hpp>
#include <mollify/datasets/split.hpp>
#include <mollify/datasets/storage/mapped_file.hpp>

namespace mollify {

/// Records of label bytes, then 1,024 red, 1,024 green and 1,024 blue bytes, row by row.
struct CifarLayout {
    std::size_t label_bytes;  ///< CIFAR-10: 1. CIFAR-100: 2, the coarse label and the fine one
    std::uint8_t classes;     ///< of the last label byte

    static constexpr SampleShape kShape{3, 32, 32};
    constexpr std::size_t record_bytes() const { return label_bytes + kShape.elements(); }
};

inline constexpr CifarLayout kCifar10{1, 10};
inline constexpr CifarLayout kCifar100{2, 100};
inline constexpr std::uint8_t kCifar100Superclasses = 20;

struct CifarOptions {
    /// Demand the official number of records in every file. Otherwise any whole number of records, at least
    /// one.
    bool official_size = true;
    /// CIFAR-100: deliver the 20 coarse labels in place of the 100 fine ones.
    bool coarse_labels = false;
};

/// Images of 3×32×32 bytes in mapped files. Records are lent to the batch (Batch::lend), not copied: a stage that
/// only reads them, such as Normalize, reads the file's own pages. Batches must not outlive the data set.
class Cifar : public Dataset {
  public:
    /// `folder` holds data_batch_1.bin to data_batch_5.bin (train) or test_batch.bin, and maybe
    /// batches.meta.txt. Every record's label is checked. Throws DataError: missing folder or file; a file
    /// that is cut short or too long; another version or an archive in its place (named, with what to do); a label out of range, with record and byte. Throws ConfigError for
    /// Split::validation, which CIFAR has not.
    static Cifar cifar10(const std::filesystem::path& folder, Split split, const CifarOptions& options = {});

    /// The same with train.bin or test.bin, and maybe fine_label_names.txt and coarse_label_names.txt.
    static Cifar cifar100(const std::filesystem::path& folder, Split split, const CifarOptions& options = {});

    std::size_t size() const override { return size_; }
    Format format() const override { return {Content::bytes, CifarLayout::kShape}; }
    void read(Batch& batch, const RowLoop& rows = serial_rows) const override;
    std::string name() const override { return name_; }
    std::string origin(SampleId id) const override;
    /// Of every byte of the files: takes a fraction of a second.
    std::string fingerprint() const override;

    /// As the folder's list of names gives them; empty where there is none.
    const std::vector<std::string>& class_names() const { return class_names_; }

  private:
    struct Part {
        MappedFile file;
        SampleId begin;  // id of its first record
        SampleId end;    // id after its last record
    };

    Cifar(std::string name, const CifarLayout& layout, const std::filesystem::path& folder,
          std::span<const char* const> files, std::size_t official_records, const char* names_file,
          const CifarOptions& options);
    /// The file that holds a sample; `id` < size().
    const Part& part_of(SampleId id) const;
    const std::uint8_t* record_of(SampleId id) const;

    std::string name_;
    CifarLayout layout_;
    std::size_t label_byte_;
    std::vector<Part> parts_;
    std::size_t size_ = 0;
    std::vector<std::string> class_names_;
};

/// Checks one file of records: its size and every label. `records`: how many there must be, or 0 for any
/// whole number. Returns how many there are. Throws DataError as Cifar does.
std::size_t check_cifar_records(std::span<const std::byte> file, const CifarLayout& layout,
                                std::size_t records, const std::string& source);

}  // namespace mollify
