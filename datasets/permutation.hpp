#pragma once
/// \file A pseudo-random permutation of 0..n-1 that is computed, not stored.

#include <array>
#include <cstdint>

namespace mollify {

/// The order of epoch `epoch` for `seed`: a bijection on [0, size), in O(1) memory and O(1) expected time.
///
/// An eight-round Feistel network on the smallest power of two that holds `size`, with keys from Philox;
/// values outside [0, size) are walked through the network again until they fall inside (cycle walking, Black
/// and Rogaway 2002), on average less than twice.
class Permutation {
  public:
    /// `size` from 0 to 2^44.
    Permutation(std::uint64_t size, std::uint64_t seed, std::uint64_t epoch);

    /// The element at `position` < size.
    std::uint64_t operator()(std::uint64_t position) const;

  private:
    static constexpr int kRounds = 8;
    std::uint64_t size_;
    int right_bits_;
    int left_bits_;
    std::array<std::uint32_t, kRounds> keys_;
};

}  // namespace mollify
