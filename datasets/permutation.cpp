#include <bit>
#include <utility>

#include <mollify/datasets/permutation.hpp>
#include <mollify/stages/philox.hpp>

namespace mollify {
namespace {

/// MurmurHash3's 32-bit finalizer: every input bit reaches every output bit.
constexpr std::uint32_t mixed(std::uint32_t x) {
    x = (x ^ x >> 16) * 0x85EBCA6B;
    x = (x ^ x >> 13) * 0xC2B2AE35;
    return x ^ x >> 16;
}

constexpr std::uint64_t low_bits(int count) { return (std::uint64_t{1} << count) - 1; }

}  // namespace

Permutation::Permutation(std::uint64_t size, std::uint64_t seed, std::uint64_t epoch) : size_(size) {
    const int bits = size > 1 ? std::bit_width(size - 1) : 0;
    right_bits_ = (bits + 1) / 2;
    left_bits_ = bits / 2;
    for (std::uint32_t block = 0; block < kRounds / 4; ++block) {
        const auto words = philox4x32(philox_counter(Stream::shuffle, epoch, 0, block), philox_key(seed));
        for (std::uint32_t word = 0; word < 4; ++word) keys_[4 * block + word] = words[word];
    }
}

std::uint64_t Permutation::operator()(std::uint64_t position) const {
    do {
        // An unbalanced network: the halves swap places, and so widths, in every round; after an even number
        // of rounds each is back where it began.
        auto left = position >> right_bits_;
        auto right = position & low_bits(right_bits_);
        int left_bits = left_bits_;
        int right_bits = right_bits_;
        for (const std::uint32_t key : keys_) {
            const auto next = left ^ (mixed(static_cast<std::uint32_t>(right) ^ key) & low_bits(left_bits));
            left = right;
            right = next;
            std::swap(left_bits, right_bits);
        }
        position = left << right_bits_ | right;
    } while (position >= size_);
    return position;
}

}  // namespace mollify
