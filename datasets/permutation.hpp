#pragma once
/// \file A pseudo-random permutation of 0..n-1 that is computed, not stored.

#include <array>
#include <cstdint>

namespace mollify {

/// The order of epoch `epoch` for `seed`: a bijection on [0, size), in O(1) memory and O(1) expected time.
///
/// A Feistel network of eight rounds (of 24 for small sets) with keys from Philox, on a grid of a × b places
/// with a ≈ b and a·b ≥ size, whose rounds add modulo a and modulo b in turn (Black and Rogaway, "Ciphers
/// with arbitrary finite domains", 2002, method 3). The fewer than a places beyond `size` are walked through
/// the network again until they fall inside.
class Permutation {
  public:
    /// `size` from 0 to 2^44.
    Permutation(std::uint64_t size, std::uint64_t seed, std::uint64_t epoch);

    /// The element at `position` < size.
    std::uint64_t operator()(std::uint64_t position) const;

  private:
    static constexpr int kRounds = 8;
    static constexpr int kRoundsOfSmallSets =
        24;  // few places per round: eight leave some orders less likely
    static constexpr std::uint64_t kSmallSet = 256;

    std::uint64_t size_;
    std::uint32_t rows_;     // a
    std::uint32_t columns_;  // b
    int rounds_;
    std::array<std::uint32_t, kRoundsOfSmallSets> keys_;
};

}  // namespace mollify
