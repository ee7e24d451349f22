#pragma once
/// \file The batch: a fixed slot of memory that travels through the pipeline as its only message.

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory_resource>
#include <span>
#include <vector>

#include <mollify/stages/shape.hpp>

namespace mollify {

using SampleId = std::uint64_t;   ///< position of a sample in its data set, 0 ≤ id < 2^44
using Iteration = std::uint64_t;  ///< global training iteration, 0 ≤ t < 2^44
using Epoch = std::uint64_t;      ///< pass over the data set
using Label = std::int32_t;       ///< class of a sample; kNoLabel where the data set has none

inline constexpr Label kNoLabel = -1;

/// Calls body(row) once for each row in [0, rows), in any order and possibly on several threads; returns when
/// all calls have returned, and rethrows the exception of the smallest row that failed.
using RowLoop = std::function<void(std::size_t rows, const std::function<void(std::size_t)>& body)>;

/// The plain loop: every row on the calling thread.
void serial_rows(std::size_t rows, const std::function<void(std::size_t)>& body);

/// Which memory a batch needs, fixed when its ring is built.
struct BatchLayout {
    std::size_t capacity = 0;  ///< most rows that a batch can hold
    SampleShape shape = {};    ///< of every row, once decoded
    bool encoded = false;      ///< room for one encoded file per row (grows to the largest seen, then stays)
    bool bytes = false;        ///< room for N×C×H×W uint8
    bool values = true;        ///< room for N×C×H×W float32

    /// Whether there is room for rows held as `content`.
    bool has_room(Content content) const;
};

/// A slot of memory and what is in it: N rows, with the iteration and epoch that they were admitted for.
///
/// Bytes and values are allocated once, 64-byte aligned, from the given resource; encoded files are vectors, from
/// the heap. Rows are contiguous in N,C,H,W (or N,D) order. A batch is owned by one stage at a time; it is not
/// thread-safe, but different rows may be written by different threads: bytes(row), values(row), encoded(row).
class Batch {
  public:
    static constexpr std::size_t kAlignment = 64;

    explicit Batch(const BatchLayout& layout,
                   std::pmr::memory_resource* memory = std::pmr::get_default_resource());
    ~Batch();
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;

    /// Starts a new life: empties the slot and gives it its iteration, epoch and rows.
    /// `ids.size()` may be anything from 0 to the capacity; labels start as kNoLabel.
    void admit(Iteration iteration, Epoch epoch, std::span<const SampleId> ids);

    Iteration iteration() const { return iteration_; }
    Epoch epoch() const { return epoch_; }
    std::size_t size() const { return ids_.size(); }
    std::size_t capacity() const { return layout_.capacity; }
    const SampleShape& shape() const { return layout_.shape; }
    const BatchLayout& layout() const { return layout_; }
    std::span<const SampleId> ids() const { return ids_; }
    std::span<Label> labels() { return labels_; }
    std::span<const Label> labels() const { return labels_; }

    /// The form in which the rows are held now.
    Content content() const { return content_; }
    /// Declares the rows to be held as `content`; the stage that wrote them all calls it.
    void set_content(Content content) { content_ = content; }
    /// Throws Error naming `stage` unless the rows are held as `content`.
    void require(Content content, const char* stage) const;
    /// Throws Error naming `stage` unless the layout has room for rows held as `content`.
    void require_room(Content content, const char* stage) const;

    /// All rows as uint8, size()·C·H·W elements; empty where the layout has no bytes. Copies the rows on loan.
    std::span<std::uint8_t> bytes();
    /// All rows as float32, size()·C·H·W elements; empty where the layout has no values.
    std::span<float> values() { return {values_, values_ ? size() * layout_.shape.elements() : 0}; }
    std::span<const float> values() const {
        return {values_, values_ ? size() * layout_.shape.elements() : 0};
    }

    /// One row, C·H·W elements; of bytes only where the layout has them. Copies a row on loan.
    std::span<std::uint8_t> bytes(std::size_t row);
    std::span<float> values(std::size_t row) {
        return values().subspan(row * shape().elements(), shape().elements());
    }
    /// Makes row `row` C·H·W bytes at `data`, without copying them. They must stay as they are until the row is
    /// asked for by bytes(), or the batch is admitted again. For data sets that keep their samples in memory, from
    /// one thread; the layout must have bytes.
    void lend(std::size_t row, const std::uint8_t* data) {
        lent_[row] = data;
        any_lent_ = true;
    }
    /// One row of bytes for reading: the batch's own, or on loan.
    std::span<const std::uint8_t> bytes_to_read(std::size_t row) const {
        return {lent_[row] ? lent_[row] : bytes_ + row * shape().elements(), shape().elements()};
    }

    /// The encoded file of one row; its capacity is kept from one life to the next.
    std::vector<std::byte>& encoded(std::size_t row) { return encoded_[row]; }
    const std::vector<std::byte>& encoded(std::size_t row) const { return encoded_[row]; }

    /// Marks the batch as failed. A failed batch passes through the remaining stages untouched, so that its
    /// number still arrives. The first error stays.
    void fail(std::exception_ptr error);
    const std::exception_ptr& error() const { return error_; }

  private:
    BatchLayout layout_;
    std::pmr::memory_resource* memory_;
    std::uint8_t* bytes_ = nullptr;
    float* values_ = nullptr;
    std::vector<std::vector<std::byte>> encoded_;
    std::vector<const std::uint8_t*> lent_;  // where a row is on loan; otherwise nullptr
    bool any_lent_ = false;
    std::vector<SampleId> ids_;
    std::vector<Label> labels_;
    Iteration iteration_ = 0;
    Epoch epoch_ = 0;
    Content content_ = Content::values;
    std::exception_ptr error_;
};

}  // namespace mollify
