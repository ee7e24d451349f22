#pragma once
/// \file A data set that computes its samples, for tests of what stands on top of it.

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include <mollify/datasets/dataset.hpp>

namespace mollify::test {

/// `size` rows of `features` values: element j of sample i is 1000·i + j, its label i mod 7.
class CountingDataset : public Dataset {
  public:
    CountingDataset(std::size_t size, std::size_t features)
        : size_(size), shape_(SampleShape::features(features)) {}

    std::size_t size() const override { return size_; }
    Format format() const override { return {Content::values, shape_}; }
    std::string name() const override { return "counting"; }
    std::string origin(SampleId id) const override { return "counting:" + std::to_string(id); }
    std::string fingerprint() const override { return "counting-" + std::to_string(size_); }

    void read(Batch& batch, const RowLoop& rows) const override {
        rows(batch.size(), [&](std::size_t row) {
            const SampleId id = batch.ids()[row];
            if (on_read) on_read(id);
            for (std::size_t j = 0; j < shape_.elements(); ++j) {
                batch.values(row)[j] = static_cast<float>(1000 * id + j);
            }
            batch.labels()[row] = static_cast<Label>(id % 7);
        });
        batch.set_content(Content::values);
    }

    std::function<void(SampleId)> on_read;  ///< may throw or wait; called on pipeline threads

  private:
    std::size_t size_;
    SampleShape shape_;
};

}  // namespace mollify::test
