#include <cstring>
#include <utility>

#include <mollify/datasets/array_dataset.hpp>
#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

template <class T>
std::shared_ptr<const std::vector<T>> shared(std::vector<T> array) {
    return std::make_shared<const std::vector<T>>(std::move(array));
}

}  // namespace

ArrayDataset::ArrayDataset(std::string name, const Format& format, std::span<const std::byte> array,
                           std::shared_ptr<const void> owner, std::vector<Label> labels)
    : name_(std::move(name)),
      format_(format),
      array_(array),
      owner_(std::move(owner)),
      labels_(std::move(labels)),
      row_bytes_(format.shape.elements() * (format.content == Content::values ? sizeof(float) : 1)) {
    if (row_bytes_ == 0 || array.empty() || array.size() % row_bytes_ != 0) {
        throw ConfigError("data set '" + name_ + "': an array of " + std::to_string(array.size()) +
                          " bytes does not hold whole samples of shape " + to_string(format.shape) + " (" +
                          std::to_string(row_bytes_) + " bytes each)");
    }
    size_ = array.size() / row_bytes_;
    if (!labels_.empty() && labels_.size() != size_) {
        throw ConfigError("data set '" + name_ + "': " + std::to_string(labels_.size()) + " labels for " +
                          std::to_string(size_) + " samples");
    }
}

ArrayDataset::ArrayDataset(std::string name, const SampleShape& shape, std::vector<float> values,
                           std::vector<Label> labels)
    : ArrayDataset(view(std::move(name), shape, std::span<const float>(values), std::move(labels))) {
    owner_ = shared(std::move(values));  // moving a vector leaves its elements where they are
}

ArrayDataset::ArrayDataset(std::string name, const SampleShape& shape, std::vector<std::uint8_t> bytes,
                           std::vector<Label> labels)
    : ArrayDataset(view(std::move(name), shape, std::span<const std::uint8_t>(bytes), std::move(labels))) {
    owner_ = shared(std::move(bytes));
}

ArrayDataset ArrayDataset::view(std::string name, const SampleShape& shape, std::span<const float> values,
                                std::vector<Label> labels) {
    return {std::move(name), Format{Content::values, shape}, std::as_bytes(values), nullptr,
            std::move(labels)};
}

ArrayDataset ArrayDataset::view(std::string name, const SampleShape& shape,
                                std::span<const std::uint8_t> bytes, std::vector<Label> labels) {
    return {std::move(name), Format{Content::bytes, shape}, std::as_bytes(bytes), nullptr, std::move(labels)};
}

void ArrayDataset::read(Batch& batch, const RowLoop& rows) const {
    require_readable(*this, batch);
    const auto target = format_.content == Content::values ? std::as_writable_bytes(batch.values())
                                                           : std::as_writable_bytes(batch.bytes());
    rows(batch.size(), [&](std::size_t row) {
        const SampleId id = batch.ids()[row];
        std::memcpy(target.data() + row * row_bytes_, array_.data() + id * row_bytes_, row_bytes_);
        if (!labels_.empty()) batch.labels()[row] = labels_[id];
    });
    batch.set_content(format_.content);
}

std::string ArrayDataset::origin(SampleId id) const { return name_ + ", row " + std::to_string(id); }

std::string ArrayDataset::fingerprint() const {
    Fingerprint print;
    print.add(to_string(format_.content));
    print.add(to_string(format_.shape));
    print.add(array_.data(), array_.size());
    print.add(labels_.data(), labels_.size() * sizeof(Label));
    return print.hex();
}

}  // namespace mollify
