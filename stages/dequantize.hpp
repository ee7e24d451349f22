#pragma once
/// \file From stored integers to a density: uniform noise that fills the gap between two grey levels.

#include <cstdint>

#include <mollify/stages/batch.hpp>

namespace mollify {

/// Bytes v to values (v + U)/256 in [0, 1), the same as v/255·(255/256) + U(0, 1/256). U is a multiple of
/// 2^-16 in [0, 1), so that every value is exact in float32 and v can be read back as floor(256·x). U of an
/// element is the upper half of its word: the word at the element's place in the layout of gaussian.hpp (j-th
/// word of its block), in stream `dequantize` of (seed, iteration, sample id).
///
/// Replaces Normalize::to_unit_range(); for [-1, 1) let Normalize::affine({2}, {-1}) follow.
class Dequantize {
  public:
    static constexpr const char* kName = "dequantize";

    explicit Dequantize(std::uint64_t seed) : seed_(seed) {}

    void operator()(Batch& batch) const;
    /// Throws ConfigError for anything but bytes.
    Format output(const Format& input) const;

    std::uint64_t seed() const { return seed_; }

  private:
    std::uint64_t seed_;
};

}  // namespace mollify
