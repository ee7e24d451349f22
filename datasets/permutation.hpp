#pragma once
/// \file A pseudo-random permutation of 0..n-1 that is computed, not stored.

#include <array>
#include <cstdint>

namespace mollify {

/// The order of epoch `epoch` for `seed`: a bijection on [0, size), in O(1) memory and O(1) expected time.
///
/// An eight-round Feistel network with keys from Philox, on a grid of a × b places with a ≈ b and a·b ≥ size,
/// whose rounds add modulo a and modulo b in turn (Black and Rogaway, "Ciphers with arbitrary finite
/// domains", 2002, method 3). The fewer than a places beyond `size` are walked through the network again
/// until they fall inside.
class Permutation {
  public:
    /// `size` from 0 to 2^44.
    Permutation(std::uint64_t size, std::uint64_t seed, std::uint64_t epoch);

    /// The element at `position` < size.
    std::uint64_t operator()(std::uint64_t position) const;

  private:
    static constexpr int kRounds = 8;
    std::uint64_t size_;
    std::uint32_t rows_;     // a
    std::uint32_t columns_;  // b
    std::array<std::uint32_t, kRounds> keys_;
};

}  // namespace mollify
