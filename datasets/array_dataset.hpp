#pragma once
/// \file Arrays in memory as a data set.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <mollify/datasets/dataset.hpp>

namespace mollify {

/// N samples of one shape, contiguous in N,C,H,W (or N,D) order, as float32 values or as uint8 bytes.
class ArrayDataset : public Dataset {
  public:
    /// Takes the array over. `labels` is empty or has one entry per sample.
    /// Throws ConfigError where sizes do not fit: no samples, not a whole number of them, or other than N
    /// labels.
    ArrayDataset(std::string name, const SampleShape& shape, std::vector<float> values,
                 std::vector<Label> labels = {});
    ArrayDataset(std::string name, const SampleShape& shape, std::vector<std::uint8_t> bytes,
                 std::vector<Label> labels = {});

    /// Looks at an array that stays the caller's: it must outlive the data set, unchanged.
    static ArrayDataset view(std::string name, const SampleShape& shape, std::span<const float> values,
                             std::vector<Label> labels = {});
    static ArrayDataset view(std::string name, const SampleShape& shape, std::span<const std::uint8_t> bytes,
                             std::vector<Label> labels = {});

    std::size_t size() const override { return size_; }
    Format format() const override { return format_; }
    void read(Batch& batch, const RowLoop& rows = serial_rows) const override;
    std::string name() const override { return name_; }
    std::string origin(SampleId id) const override;
    std::string fingerprint() const override;

    std::span<const Label> labels() const { return labels_; }

  private:
    ArrayDataset(std::string name, const Format& format, std::span<const std::byte> array,
                 std::shared_ptr<const void> owner, std::vector<Label> labels);

    std::string name_;
    Format format_;
    std::span<const std::byte> array_;
    std::shared_ptr<const void> owner_;  // keeps an array that was taken over; null for a view
    std::vector<Label> labels_;
    std::size_t row_bytes_;
    std::size_t size_ = 0;
};

}  // namespace mollify
