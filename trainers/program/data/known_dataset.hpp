#pragma once
/// \file A data set whose fingerprint is looked up once, as that may take a look at every byte.

#include <mutex>

#include <mollify/datasets/dataset.hpp>

namespace mollify {

/// The same in all else. Thread-safe.
class KnownDataset : public Dataset {
  public:
    explicit KnownDataset(DatasetPtr dataset) : dataset_(std::move(dataset)) {}

    std::size_t size() const override { return dataset_->size(); }
    Format format() const override { return dataset_->format(); }
    void read(Batch& batch, const RowLoop& rows) const override { dataset_->read(batch, rows); }
    std::string name() const override { return dataset_->name(); }
    std::string origin(SampleId id) const override { return dataset_->origin(id); }
    std::string fingerprint() const override {
        std::call_once(once_, [this] { fingerprint_ = dataset_->fingerprint(); });
        return fingerprint_;
    }

  private:
    DatasetPtr dataset_;
    mutable std::once_flag once_;
    mutable std::string fingerprint_;
};

}  // namespace mollify
