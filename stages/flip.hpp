#pragma once
/// \file Random mirror images.

#include <cstdint>

#include <mollify/stages/batch.hpp>

namespace mollify {

/// Mirrors an image left to right with the given probability, in place, bytes or values. Whether a sample is
/// mirrored is a function of (seed, iteration, sample id): word 0 of block 0 of stream `flip`, below
/// probability·2^32.
class HorizontalFlip {
  public:
    static constexpr const char* kName = "flip";

    /// Throws ConfigError for a probability outside [0, 1].
    explicit HorizontalFlip(std::uint64_t seed, double probability = 0.5);

    bool flips(Iteration iteration, SampleId sample) const;

    void operator()(Batch& batch) const;
    /// Throws ConfigError for encoded content and for tables.
    Format output(const Format& input) const;

  private:
    std::uint64_t seed_;
    std::uint64_t threshold_;
};

}  // namespace mollify
