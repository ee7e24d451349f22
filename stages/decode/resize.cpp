#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <mollify/stages/decode/resize.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

constexpr int kPrecision = ResizeAxis::kPrecision;
constexpr std::int32_t kHalf = 1 << (kPrecision - 1);
constexpr std::size_t kBlock = 32;  // bytes of a row that the vertical pass takes at once

// Weights are never negative, but may sum to a little over 1.
std::uint8_t rounded(std::int32_t sum) { return static_cast<std::uint8_t>(std::min(sum >> kPrecision, 255)); }

/// One row of one-byte pixels.
void reduce_grey_row(const std::uint8_t* in, const ResizeAxis& axis, std::uint8_t* out) {
    const std::size_t taps = std::min(axis.taps(), axis.from());  // a tap outside weighs nothing
    for (std::size_t x = 0; x < axis.to(); ++x) {
        const std::uint8_t* pixel = in + axis.first(x);
        const std::int32_t* weight = axis.weights(x);
        std::int32_t sum = kHalf;
        for (std::size_t tap = 0; tap < taps; ++tap) sum += pixel[tap] * weight[tap];
        out[x] = rounded(sum);
    }
}

/// One row of four-byte pixels.
void reduce_row(const std::uint8_t* in, const ResizeAxis& axis, std::uint8_t* out) {
    const std::size_t taps = std::min(axis.taps(), axis.from());
    for (std::size_t x = 0; x < axis.to(); ++x) {
        const std::uint8_t* pixel = in + 4 * axis.first(x);
        const std::int32_t* weight = axis.weights(x);
        std::int32_t sums[4] = {kHalf, kHalf, kHalf, kHalf};
        for (std::size_t tap = 0; tap < taps; ++tap) {
            for (std::size_t i = 0; i < 4; ++i) sums[i] += pixel[4 * tap + i] * weight[tap];
        }
        for (std::size_t i = 0; i < 4; ++i) out[4 * x + i] = rounded(sums[i]);
    }
}

/// The weighted mean of `taps` rows, each of `stride` bytes, a multiple of kBlock.
void mix_rows(const std::uint8_t* in, std::size_t stride, const std::int32_t* weights, std::size_t taps,
              std::uint8_t* out) {
    for (std::size_t x = 0; x < stride; x += kBlock) {
        std::int32_t sums[kBlock];
        std::fill_n(sums, kBlock, kHalf);
        for (std::size_t tap = 0; tap < taps; ++tap) {
            const std::uint8_t* row = in + tap * stride + x;
            for (std::size_t i = 0; i < kBlock; ++i) sums[i] += row[i] * weights[tap];
        }
        for (std::size_t i = 0; i < kBlock; ++i) out[x + i] = rounded(sums[i]);
    }
}

/// One row of four-byte pixels into rows of three planes.
void split_row(const std::uint8_t* in, std::size_t width, std::size_t plane, std::uint8_t* planes) {
    for (std::size_t x = 0; x < width; ++x) {
        planes[x] = in[4 * x];
        planes[plane + x] = in[4 * x + 1];
        planes[2 * plane + x] = in[4 * x + 2];
    }
}

#if defined(__x86_64__)
// The same integers, eight at a time; packing saturates, which is what rounded() does. Two taps of a row at
// once.
[[gnu::target("avx2")]] void reduce_row_avx2(const std::uint8_t* in, const ResizeAxis& axis,
                                             std::uint8_t* out) {
    const std::size_t taps = axis.taps();
    for (std::size_t x = 0; x < axis.to(); ++x) {
        const std::uint8_t* pixel = in + 4 * axis.first(x);
        const std::int32_t* weight = axis.wide_weights(x);
        __m256i sums = _mm256_setr_epi32(kHalf, kHalf, kHalf, kHalf, 0, 0, 0, 0);
        for (std::size_t tap = 0; tap < taps; tap += 2) {
            const __m256i pixels = _mm256_cvtepu8_epi32(_mm_loadu_si64(pixel + 4 * tap));
            const __m256i weights = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weight + 4 * tap));
            sums = _mm256_add_epi32(sums, _mm256_mullo_epi32(pixels, weights));
        }
        __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
        sum = _mm_srai_epi32(sum, kPrecision);
        sum = _mm_packus_epi16(_mm_packus_epi32(sum, sum), sum);
        _mm_storeu_si32(out + 4 * x, sum);
    }
}

[[gnu::target("avx2")]] void mix_rows_avx2(const std::uint8_t* in, std::size_t stride,
                                           const std::int32_t* weights, std::size_t taps, std::uint8_t* out) {
    for (std::size_t x = 0; x < stride; x += kBlock) {
        __m256i sums[4];
        for (auto& sum : sums) sum = _mm256_set1_epi32(kHalf);
        for (std::size_t tap = 0; tap < taps; ++tap) {
            const std::uint8_t* row = in + tap * stride + x;
            const __m256i weight = _mm256_set1_epi32(weights[tap]);
            for (std::size_t i = 0; i < 4; ++i) {
                const __m256i pixels = _mm256_cvtepu8_epi32(_mm_loadu_si64(row + 8 * i));
                sums[i] = _mm256_add_epi32(sums[i], _mm256_mullo_epi32(pixels, weight));
            }
        }
        for (auto& sum : sums) sum = _mm256_srai_epi32(sum, kPrecision);
        const __m256i words =
            _mm256_packus_epi16(_mm256_packus_epi32(sums[0], sums[1]), _mm256_packus_epi32(sums[2], sums[3]));
        const __m256i order =
            _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);  // packing works on halves of a register
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + x), _mm256_permutevar8x32_epi32(words, order));
    }
}

[[gnu::target("avx2")]] void split_row_avx2(const std::uint8_t* in, std::size_t width, std::size_t plane,
                                            std::uint8_t* planes) {
    const __m256i by_channel = _mm256_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15,  //
                                                0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    std::size_t x = 0;
    for (; x + 8 <= width; x += 8) {
        const __m256i pixels = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in + 4 * x));
        const __m256i split = _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(pixels, by_channel), order);
        const __m128i red_green = _mm256_castsi256_si128(split);
        _mm_storeu_si64(planes + x, red_green);
        _mm_storeu_si64(planes + plane + x, _mm_unpackhi_epi64(red_green, red_green));
        _mm_storeu_si64(planes + 2 * plane + x, _mm256_extracti128_si256(split, 1));
    }
    split_row(in + 4 * x, width - x, plane, planes + x);
}
#endif

struct Kernels {
    decltype(&reduce_row) reduce;
    decltype(&mix_rows) mix;
    decltype(&split_row) split;
};

const Kernels& kernels(InstructionSet set) {
    static constexpr Kernels kPlain{reduce_row, mix_rows, split_row};
#if defined(__x86_64__)
    static constexpr Kernels kAvx2{reduce_row_avx2, mix_rows_avx2, split_row_avx2};
    if (set >= InstructionSet::avx2) return kAvx2;
#else
    static_cast<void>(set);
#endif
    return kPlain;
}

}  // namespace

ResizeAxis::ResizeAxis(std::size_t from, std::size_t to) : from_(from), first_(to) {
    constexpr std::size_t kLongest = 65'535;  // keeps every sum below 2^31
    if (from == 0 || to == 0 || from > kLongest || to > kLongest) {
        throw Error("cannot resize " + std::to_string(from) + " pixels to " + std::to_string(to) +
                    ": lengths are 1 to 65535");
    }
    const double scale = static_cast<double>(from) / static_cast<double>(to);
    const double radius = std::max(scale, 1.0);
    std::vector<std::vector<std::int32_t>> triangles(to);
    for (std::size_t i = 0; i < to; ++i) {
        const double centre = (static_cast<double>(i) + 0.5) * scale;
        const auto begin = static_cast<std::size_t>(std::max(centre - radius + 0.5, 0.0));
        const auto end = std::min(static_cast<std::size_t>(centre + radius + 0.5), from);
        std::vector<double> weights;
        double total = 0;
        for (std::size_t k = begin; k < end; ++k) {
            const double distance = std::abs((static_cast<double>(k) - centre + 0.5) * (1.0 / radius));
            weights.push_back(distance < 1.0 ? 1.0 - distance : 0.0);
            total += weights.back();
        }
        first_[i] = begin;
        for (const double weight : weights) {
            triangles[i].push_back(static_cast<std::int32_t>(0.5 + weight / total * (1 << kPrecision)));
        }
        taps_ = std::max(taps_, weights.size());
    }
    taps_ += taps_ % 2;
    weights_.assign(to * taps_, 0);
    for (std::size_t i = 0; i < to; ++i) {
        const std::size_t first = std::min(first_[i], from > taps_ ? from - taps_ : 0);
        std::ranges::copy(triangles[i],
                          weights_.begin() + static_cast<std::ptrdiff_t>(i * taps_ + first_[i] - first));
        first_[i] = first;
    }
    wide_weights_.reserve(weights_.size() * 4);
    for (const std::int32_t weight : weights_) wide_weights_.insert(wide_weights_.end(), 4, weight);
}

void resize(const PixelView& in, const ResizeAxis& columns, const ResizeAxis& rows, std::uint8_t* planes,
            std::vector<std::uint8_t>& scratch, InstructionSet set) {
    if (columns.from() != in.width || rows.from() != in.height)
        throw Error("the weights are for another image size");
    const Kernels& kernel = kernels(set);
    const bool grey = in.channels == 1;
    const auto reduce = grey ? reduce_grey_row : kernel.reduce;
    const std::size_t stride = (columns.to() * in.pixel_bytes() + kBlock - 1) / kBlock * kBlock;
    if (scratch.size() < (in.height + 1) * stride) scratch.resize((in.height + 1) * stride);
    for (std::size_t y = 0; y < in.height; ++y)
        reduce(in.data + y * in.stride, columns, scratch.data() + y * stride);

    const std::size_t width = columns.to(), plane = width * rows.to(),
                      taps = std::min(rows.taps(), rows.from());
    std::uint8_t* mixed = scratch.data() + in.height * stride;
    for (std::size_t y = 0; y < rows.to(); ++y) {
        kernel.mix(scratch.data() + rows.first(y) * stride, stride, rows.weights(y), taps, mixed);
        if (grey) {
            std::memcpy(planes + y * width, mixed, width);
        } else {
            kernel.split(mixed, width, plane, planes + y * width);
        }
    }
}

void split_planes(const PixelView& in, std::uint8_t* planes, InstructionSet set) {
    const Kernels& kernel = kernels(set);
    const std::size_t plane = in.width * in.height;
    for (std::size_t y = 0; y < in.height; ++y) {
        if (in.channels == 1) {
            std::memcpy(planes + y * in.width, in.data + y * in.stride, in.width);
        } else {
            kernel.split(in.data + y * in.stride, in.width, plane, planes + y * in.width);
        }
    }
}

}  // namespace mollify
