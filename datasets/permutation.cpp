#include <algorithm>
#include <cmath>

#include <mollify/datasets/permutation.hpp>
#include <mollify/stages/kernel/philox.hpp>

namespace mollify {
namespace {

/// MurmurHash3's 32-bit finalizer: every input bit reaches every output bit.
constexpr std::uint32_t mixed(std::uint32_t x) {
    x = (x ^ x >> 16) * 0x85EBCA6B;
    x = (x ^ x >> 13) * 0xC2B2AE35;
    return x ^ x >> 16;
}

/// (value + a number below `modulus` that depends on `other` and `key`) modulo `modulus`; `value` <
/// `modulus`.
constexpr std::uint32_t shifted(std::uint32_t value, std::uint32_t other, std::uint32_t key,
                                std::uint32_t modulus) {
    value += static_cast<std::uint32_t>(std::uint64_t{mixed(other ^ key)} * modulus >> 32);
    return value >= modulus ? value - modulus : value;
}

}  // namespace

Permutation::Permutation(std::uint64_t size, std::uint64_t seed, std::uint64_t epoch)
    : size_(size),
      // For sizes below 2^52 the root's rounding is harmless: columns_ makes up for whatever rows_ came to
      // be.
      rows_(static_cast<std::uint32_t>(std::max(1.0, std::ceil(std::sqrt(static_cast<double>(size)))))),
      columns_(static_cast<std::uint32_t>(std::max<std::uint64_t>(1, (size + rows_ - 1) / rows_))),
      rounds_(size < kSmallSet ? kRoundsOfSmallSets : kRounds) {
    for (std::uint32_t block = 0; block < static_cast<std::uint32_t>(rounds_) / 4; ++block) {
        const auto words = philox4x32(philox_counter(Stream::shuffle, epoch, 0, block), philox_key(seed));
        for (std::uint32_t word = 0; word < 4; ++word) keys_[4 * block + word] = words[word];
    }
}

std::uint64_t Permutation::operator()(std::uint64_t position) const {
    do {
        auto row = static_cast<std::uint32_t>(position / columns_);
        auto column = static_cast<std::uint32_t>(position % columns_);
        for (int round = 0; round < rounds_; round += 2) {
            row = shifted(row, column, keys_[round], rows_);
            column = shifted(column, row, keys_[round + 1], columns_);
        }
        position = std::uint64_t{row} * columns_ + column;
    } while (position >= size_);
    return position;
}

}  // namespace mollify
