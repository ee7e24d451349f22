#include <algorithm>
#include <string>
#include <utility>

#include <mollify/stages/batch.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {

void serial_rows(std::size_t rows, const std::function<void(std::size_t)>& body) {
    for (std::size_t row = 0; row < rows; ++row) body(row);
}

bool BatchLayout::has_room(Content content) const {
    return content == Content::encoded ? encoded : content == Content::bytes ? bytes : values;
}

Batch::Batch(const BatchLayout& layout, std::pmr::memory_resource* memory)
    : layout_(layout), memory_(memory) {
    const std::size_t elements = layout.capacity * layout.shape.elements();
    ids_.reserve(layout.capacity);
    labels_.reserve(layout.capacity);
    if (layout.encoded) encoded_.resize(layout.capacity);
    if (layout.bytes) lent_.resize(layout.capacity);
    if (layout.bytes) bytes_ = static_cast<std::uint8_t*>(memory_->allocate(elements, kAlignment));
    if (layout.values) {
        try {
            values_ = static_cast<float*>(memory_->allocate(elements * sizeof(float), kAlignment));
        } catch (...) {
            if (bytes_) memory_->deallocate(bytes_, elements, kAlignment);
            throw;
        }
    }
}

Batch::~Batch() {
    const std::size_t elements = layout_.capacity * layout_.shape.elements();
    if (bytes_) memory_->deallocate(bytes_, elements, kAlignment);
    if (values_) memory_->deallocate(values_, elements * sizeof(float), kAlignment);
}

void Batch::admit(Iteration iteration, Epoch epoch, std::span<const SampleId> ids) {
    if (ids.size() > layout_.capacity) {
        throw Error("a batch of " + std::to_string(ids.size()) + " rows does not fit into a slot of " +
                    std::to_string(layout_.capacity));
    }
    iteration_ = iteration;
    epoch_ = epoch;
    ids_.assign(ids.begin(), ids.end());
    labels_.assign(ids.size(), kNoLabel);
    std::ranges::fill(lent_, nullptr);
    any_lent_ = false;
    error_ = nullptr;
}

std::span<std::uint8_t> Batch::bytes() {
    if (!layout_.bytes) return {};
    if (std::exchange(any_lent_, false)) {
        for (std::size_t row = 0; row < size(); ++row) bytes(row);
    }
    return {bytes_, size() * shape().elements()};
}

std::span<std::uint8_t> Batch::bytes(std::size_t row) {
    const std::span own(bytes_ + row * shape().elements(), shape().elements());
    if (lent_[row]) std::copy_n(std::exchange(lent_[row], nullptr), own.size(), own.begin());
    return own;
}

void Batch::require(Content content, const char* stage) const {
    if (content_ == content) return;
    throw Error(std::string(stage) + " needs a batch of " + to_string(content) + ", this one holds " +
                to_string(content_) + " (check the order of the stages)");
}

void Batch::require_room(Content content, const char* stage) const {
    if (layout_.has_room(content)) return;
    throw Error(std::string(stage) + ": the batch has no room for " + to_string(content) +
                " (ask for it in its layout: BatchLayout::" + to_string(content) + ")");
}

void Batch::fail(std::exception_ptr error) {
    if (!error_) error_ = std::move(error);
}

}  // namespace mollify
