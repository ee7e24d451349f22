#pragma once
/// \file The fixed ring of batch slots: message, memory bound and back-pressure in one. Private to this
/// folder.

#include <atomic>
#include <cstddef>
#include <memory>
#include <memory_resource>
#include <vector>

#include <mollify/pipeline/row_choice.hpp>
#include <mollify/stages/batch.hpp>

namespace mollify {

/// A batch with what the graph knows of it.
struct Slot {
    Batch batch;
    Iteration iteration = 0;
    RowChoice choice = {};
};

/// Owns all batches of a run, and counts how many are in use. Thread-safe counters; the slots themselves are
/// handed around by the graph.
class SlotRing {
  public:
    SlotRing(std::size_t slots, const BatchLayout& layout, std::pmr::memory_resource* memory) {
        for (std::size_t i = 0; i < slots; ++i)
            slots_.push_back(std::unique_ptr<Slot>(new Slot{.batch = Batch(layout, memory)}));
    }

    std::size_t size() const { return slots_.size(); }
    Slot* slot(std::size_t index) { return slots_[index].get(); }

    void taken() {
        const std::size_t now = ++in_flight_;
        std::size_t peak = peak_.load();
        while (now > peak && !peak_.compare_exchange_weak(peak, now)) {
        }
    }
    void returned() { --in_flight_; }
    std::size_t peak_in_flight() const { return peak_; }

  private:
    std::vector<std::unique_ptr<Slot>> slots_;
    std::atomic<std::size_t> in_flight_ = 0;
    std::atomic<std::size_t> peak_ = 0;
};

}  // namespace mollify
