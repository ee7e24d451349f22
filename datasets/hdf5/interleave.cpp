#include <cstring>

#include <mollify/datasets/hdf5/interleave.hpp>
#include <mollify/stages/instruction_set.hpp>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace mollify {
namespace {

void plain_planes(const std::uint8_t* interleaved, std::size_t begin, std::size_t pixels,
                  std::size_t channels, std::uint8_t* planes) {
    for (std::size_t pixel = begin; pixel < pixels; ++pixel) {
        for (std::size_t channel = 0; channel < channels; ++channel) {
            planes[channel * pixels + pixel] = interleaved[pixel * channels + channel];
        }
    }
}

#if defined(__x86_64__)
/// [channel][vector of the three][lane]: which byte of the vector belongs there, or 0x80 for none.
struct Shuffles {
    alignas(16) std::uint8_t lanes[3][3][16];
};

constexpr Shuffles make_shuffles() {
    Shuffles shuffles{};
    for (int channel = 0; channel < 3; ++channel) {
        for (int lane = 0; lane < 16; ++lane) {
            const int byte = 3 * lane + channel;
            for (int vector = 0; vector < 3; ++vector) {
                shuffles.lanes[channel][vector][lane] = byte / 16 == vector ? byte % 16 : 0x80;
            }
        }
    }
    return shuffles;
}

constexpr Shuffles kShuffles = make_shuffles();

/// Sixteen pixels at a time; returns how many pixels it did.
__attribute__((target("ssse3"))) std::size_t vector_planes(const std::uint8_t* interleaved,
                                                           std::size_t pixels, std::uint8_t* planes) {
    const auto load = [](const std::uint8_t* from) __attribute__((target("ssse3"))) {
        return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    };
    std::size_t pixel = 0;
    for (; pixel + 16 <= pixels; pixel += 16) {
        const std::uint8_t* const from = interleaved + 3 * pixel;
        const __m128i first = load(from);
        const __m128i second = load(from + 16);
        const __m128i third = load(from + 32);
        for (std::size_t channel = 0; channel < 3; ++channel) {
            const auto& lanes = kShuffles.lanes[channel];
            const __m128i plane = _mm_or_si128(_mm_or_si128(_mm_shuffle_epi8(first, load(lanes[0])),
                                                            _mm_shuffle_epi8(second, load(lanes[1]))),
                                               _mm_shuffle_epi8(third, load(lanes[2])));
            _mm_storeu_si128(reinterpret_cast<__m128i*>(planes + channel * pixels + pixel), plane);
        }
    }
    return pixel;
}
#endif

}  // namespace

void planes_from_pixels(const std::uint8_t* interleaved, std::size_t pixels, std::size_t channels,
                        std::uint8_t* planes) {
    if (channels == 1) {
        std::memcpy(planes, interleaved, pixels);
        return;
    }
    std::size_t done = 0;
#if defined(__x86_64__)
    const bool vectors = active_instruction_set() >= InstructionSet::sse42;  // which has SSSE3
    if (channels == 3 && vectors) done = vector_planes(interleaved, pixels, planes);
#endif
    plain_planes(interleaved, done, pixels, channels, planes);
}

void pixels_from_planes(const std::uint8_t* planes, std::size_t pixels, std::size_t channels,
                        std::uint8_t* interleaved) {
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
        for (std::size_t channel = 0; channel < channels; ++channel) {
            interleaved[pixel * channels + channel] = planes[channel * pixels + pixel];
        }
    }
}

}  // namespace mollify
