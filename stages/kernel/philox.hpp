#pragma once
/// \file Random words addressed by meaning: Philox4x32-10 of (seed, stream, iteration, sample, block).

#include <array>
#include <cstdint>

namespace mollify {

/// Name of the mapping from (seed, iteration, sample, element) to noise and of (seed, epoch) to order. It is
/// written into checkpoints; any change of a promised byte changes it.
inline constexpr const char* kAlgorithmVersion = "mollify-1";

using PhiloxWords = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

/// Philox4x32-10: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
constexpr PhiloxWords philox4x32(PhiloxWords counter, PhiloxKey key) {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t p0 = std::uint64_t{0xD2511F53} * counter[0];
        const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * counter[2];
        counter = {static_cast<std::uint32_t>(p1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(p1),
                   static_cast<std::uint32_t>(p0 >> 32) ^ counter[3] ^ key[1],
                   static_cast<std::uint32_t>(p0)};
        key[0] += 0x9E3779B9;
        key[1] += 0xBB67AE85;
    }
    return counter;
}

/// What random words are used for. Two uses never read the same word (the counters differ), so that no stage's noise
/// is another's.
enum class Stream : std::uint32_t {
    mollify = 0,
    dequantize = 1,
    flip = 2,
    shuffle = 3,
    synthesize = 4,
    generators = 5,  ///< seeds of LibTorch's own generators
    substitute = 6   ///< samples in the place of bad ones
};

/// A stream for stages of your own: `number` from 0 to 127. This library uses none of them.
constexpr Stream user_stream(std::uint32_t number) { return static_cast<Stream>(128 + number % 128); }

constexpr PhiloxKey philox_key(std::uint64_t seed) {
    return {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
}

/// Largest iteration and sample id, plus one, that have words of their own.
inline constexpr std::uint64_t kAddressLimit = std::uint64_t{1} << 44;

/// The counter of one block of four words: word 0 is the block within the sample; word 3 packs the stream and
/// the upper 12 bits of iteration and sample. Distinct for distinct arguments below kAddressLimit.
constexpr PhiloxWords philox_counter(Stream stream, std::uint64_t iteration, std::uint64_t sample,
                                     std::uint32_t block) {
    return {block, static_cast<std::uint32_t>(sample), static_cast<std::uint32_t>(iteration),
            static_cast<std::uint32_t>(stream) | static_cast<std::uint32_t>(iteration >> 32) << 8 |
                static_cast<std::uint32_t>(sample >> 32) << 20};
}

}  // namespace mollify
