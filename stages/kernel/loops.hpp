#pragma once
/// \file The inner loops, written once for all vector widths. Each kernel/<set>.cpp compiles them for one
/// set.
///
/// Everything here has internal linkage and calls no inline function of the standard library: a copy of such
/// a function compiled for AVX-512 could otherwise end up in the part of the program that runs on every
/// processor.

#include <cstddef>
#include <cstdint>

#include <mollify/stages/kernel/kernel.hpp>

namespace mollify::kernel {
namespace {

/// Philox4x32-10 on V::kLanes consecutive blocks of one sample at once. The counters differ in word 0 only,
/// so that half of rounds 1 and 2 and an operand of round 3 are the same for all blocks: done once per
/// sample.
template <class V>
class BlockWords {
  public:
    using Words = typename V::Words;

    explicit BlockWords(const Start& start) {
        std::uint32_t key[kRounds][2];
        for (int round = 0; round < kRounds; ++round) {
            key[round][0] = start.key[0] + static_cast<std::uint32_t>(round) * 0x9E3779B9;
            key[round][1] = start.key[1] + static_cast<std::uint32_t>(round) * 0xBB67AE85;
        }
        const std::uint64_t first = std::uint64_t{kMultiplier1} * start.counter[2];
        const std::uint32_t word0 = static_cast<std::uint32_t>(first >> 32) ^ start.counter[1] ^ key[0][0];
        const std::uint64_t second = std::uint64_t{kMultiplier0} * word0;
        round1_ = V::words(start.counter[3] ^ key[0][1]);
        round2_[0] = V::words(static_cast<std::uint32_t>(first) ^ key[1][0]);
        round2_[1] = V::words(static_cast<std::uint32_t>(second >> 32) ^ key[1][1]);
        round3_ = V::words(static_cast<std::uint32_t>(second) ^ key[2][1]);
        for (int round = 2; round < kRounds; ++round) {
            key_[round][0] = V::words(key[round][0]);
            key_[round][1] = V::words(key[round][1]);
        }
    }

    /// The four words of blocks `block`, `block` + 1, …
    [[gnu::always_inline]] void operator()(std::uint32_t block, Words (&c)[4]) const {
        const Words m0 = V::words(kMultiplier0);
        const Words m1 = V::words(kMultiplier1);
        Words p0 = V::multiply(m0, V::blocks(block));
        Words p1 = V::multiply(m1, V::exclusive_or(V::high(p0), round1_));
        c[0] = V::exclusive_or(V::high(p1), round2_[0]);
        c[1] = p1;
        c[2] = V::exclusive_or(p0, round2_[1]);
        p0 = V::multiply(m0, c[0]);
        p1 = V::multiply(m1, c[2]);
        c[0] = V::exclusive_or(V::high(p1), c[1], key_[2][0]);
        c[1] = p1;
        c[2] = V::exclusive_or(V::high(p0), round3_);
        c[3] = p0;
        rounds<3>(c);
    }

  private:
    template <int kRound>
    [[gnu::always_inline]] void rounds(Words (&c)[4]) const {
        if constexpr (kRound < kRounds) {
            const Words p0 = V::multiply(V::words(kMultiplier0), c[0]);
            const Words p1 = V::multiply(V::words(kMultiplier1), c[2]);
            c[0] = V::exclusive_or(V::high(p1), c[1], key_[kRound][0]);
            c[1] = p1;
            c[2] = V::exclusive_or(V::high(p0), c[3], key_[kRound][1]);
            c[3] = p0;
            rounds<kRound + 1>(c);
        }
    }

    static constexpr int kRounds = 10;
    static constexpr std::uint32_t kMultiplier0 = 0xD2511F53;
    static constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57;
    Words round1_, round2_[2], round3_, key_[kRounds][2];
};

/// c[0] + x·(c[1] + x·(c[2] + …)), by fused multiply-adds from the inside out.
template <class V, std::size_t kFirst = 0, std::size_t kCount>
[[gnu::always_inline]] inline typename V::Float polynomial(typename V::Float x, const float (&c)[kCount]) {
    if constexpr (kFirst + 1 == kCount) {
        return V::number(c[kFirst]);
    } else {
        return V::fma(polynomial<V, kFirst + 1>(x, c), x, V::number(c[kFirst]));
    }
}

// Minimax polynomials (Remez exchange in 40 digits, coefficients then rounded to float); errors of the
// rounded ones:
/// -2·ln(1+f)/f for f in [sqrt(1/2)-1, sqrt(2)-1]: relative 3.5e-8.
constexpr float kLogarithm[] = {-0x1.000000p+1f, 0x1.fffffap-1f,  -0x1.5556f4p-1f,
                                0x1.00049ap-1f,  -0x1.98d2c0p-2f, 0x1.535d2ep-2f,
                                -0x1.318524p-2f, 0x1.2504a8p-2f,  -0x1.65c790p-3f};
/// cos(π/2·y) in y², |y| ≤ 1: absolute 5.5e-8.
constexpr float kCosine[] = {1.0f, -0x1.3bd3b0p+0f, 0x1.03bd9ap-2f, -0x1.55020cp-6f, 0x1.c2939ap-11f};
/// sin(π/2·y)/y in y², |y| ≤ 1: absolute 4.5e-8.
constexpr float kSine[] = {0x1.921fb6p+0f, -0x1.4abbf6p-1f, 0x1.46709ap-4f, -0x1.33128ap-8f, 0x1.49d55ep-13f};

/// Box-Muller: two standard normals from two random words. The steps are those of gaussian.hpp.
template <class V>
[[gnu::always_inline]] inline void box_muller(typename V::Int a, typename V::Int b, typename V::Float& z0,
                                              typename V::Float& z1) {
    using Float = typename V::Float;
    using Int = typename V::Int;
    constexpr std::uint32_t kRootHalf = 0x3F3504F3;                    // bits of sqrt(1/2)
    constexpr std::uint32_t kRootHalfScaled = kRootHalf + (31 << 23);  // bits of sqrt(1/2)·2^31

    const Float u = V::to_float(V::bit_or(a, V::integer(1)));
    const Int i = V::subtract(V::bit_and(V::bits(u), V::integer(0x7FFFFFFF)), V::integer(kRootHalfScaled));
    const Float exponent = V::to_float(V::template shift_right_signed<23>(i));
    const Float mantissa = V::from_bits(V::add(V::bit_and(i, V::integer(0x7FFFFF)), V::integer(kRootHalf)));
    const Float f = V::add(mantissa, V::number(-1.0f));
    const Float log =
        V::fma(exponent, V::number(-0x1.62e430p+0f), V::multiply(f, polynomial<V>(f, kLogarithm)));
    const Float radius = V::square_root(log);

    const Float y = V::multiply(V::to_float(b), V::number(0x1p-31f));
    const Float square = V::multiply(y, y);
    z0 = V::flip_sign(V::multiply(radius, polynomial<V>(square, kCosine)), V::bits(u));
    z1 = V::multiply(V::multiply(radius, y), polynomial<V>(square, kSine));
}

/// Scale and shift that are the same for a whole group.
template <class V>
struct Shared {
    typename V::Float all_scale, all_shift;
    typename V::Float scale(std::size_t) const { return all_scale; }
    typename V::Float shift(std::size_t) const { return all_shift; }
};

/// Scale and shift of each element of a group.
template <class V>
struct PerElement {
    const float* scales;
    const float* shifts;
    typename V::Float scale(std::size_t at) const { return V::load(scales + at); }
    typename V::Float shift(std::size_t at) const { return V::load(shifts + at); }
};

/// out = fma(scale, in, shift)
template <class V>
struct Affine {
    template <class In, class Map>
    [[gnu::always_inline]] void operator()(const In* in, float* out, const Map& map, std::size_t) const {
        for (std::size_t at = 0; at < kGroup; at += V::kLanes) {
            V::store(out + at, V::fma(map.scale(at), V::load(in + at), map.shift(at)));
        }
    }
};

/// out = fma(alpha, fma(scale, in, shift), sigma·e)
template <class V>
struct Mollify {
    BlockWords<V> words_of;
    typename V::Float alpha, sigma;

    Mollify(const Start& start, float a, float s)
        : words_of(start), alpha(V::number(a)), sigma(V::number(s)) {}

    template <class In, class Map>
    [[gnu::always_inline]] void operator()(const In* in, float* out, const Map& map,
                                           std::size_t group) const {
        const auto mix = [&](std::size_t at, typename V::Float noise) {
            const auto x = V::fma(map.scale(at), V::load(in + at), map.shift(at));
            V::store(out + at, V::fma(alpha, x, V::multiply(sigma, noise)));
        };
        for (std::size_t lane = 0; lane < kGroupBlocks; lane += V::kLanes) {
            typename V::Words words[4];
            words_of(static_cast<std::uint32_t>(group * kGroupBlocks + lane), words);
            typename V::Float z[4];
            box_muller<V>(V::integers(words[0]), V::integers(words[1]), z[0], z[1]);
            box_muller<V>(V::integers(words[2]), V::integers(words[3]), z[2], z[3]);
            for (std::size_t j = 0; j < 4; ++j) mix(j * kGroupBlocks + lane, z[j]);
        }
    }
};

/// out = (in·2^16 + word>>16)·2^-24
template <class V>
struct Dequantize {
    BlockWords<V> words_of;

    explicit Dequantize(const Start& start) : words_of(start) {}

    template <class Map>
    [[gnu::always_inline]] void operator()(const std::uint8_t* in, float* out, const Map&,
                                           std::size_t group) const {
        for (std::size_t lane = 0; lane < kGroupBlocks; lane += V::kLanes) {
            typename V::Words words[4];
            words_of(static_cast<std::uint32_t>(group * kGroupBlocks + lane), words);
            for (std::size_t j = 0; j < 4; ++j) {
                const std::size_t at = j * kGroupBlocks + lane;
                const auto fraction = V::template shift_right<16>(V::integers(words[j]));
                const auto sum = V::bit_or(V::template shift_left<16>(V::load_integers(in + at)), fraction);
                V::store(out + at, V::multiply(V::to_float(sum), V::number(0x1p-24f)));
            }
        }
    }
};

/// A group that crosses from one channel to the next, or the end of the row: done on copies.
template <class V, class In, class Step>
[[gnu::noinline]] void edge_group(const Row<In>& row, std::size_t begin, const Step& step) {
    alignas(64) In in[kGroup] = {};
    alignas(64) float out[kGroup], scale[kGroup] = {}, shift[kGroup] = {};
    const std::size_t count = row.elements - begin < kGroup ? row.elements - begin : kGroup;
    __builtin_memcpy(in, row.in + begin, count * sizeof(In));
    for (std::size_t at = 0; at < count; ++at) {
        const std::size_t channel = (begin + at) / row.plane;
        scale[at] = row.scale[channel];
        shift[at] = row.shift[channel];
    }
    step(static_cast<const In*>(in), static_cast<float*>(out), PerElement<V>{scale, shift}, begin / kGroup);
    __builtin_memcpy(row.out + begin, out, count * sizeof(float));
}

template <class V, class In, class Step>
[[gnu::always_inline]] inline void for_each_group(const Row<In>& row, const Step& step) {
    std::size_t channel = 0;
    std::size_t channel_end = row.plane;
    for (std::size_t begin = 0; begin < row.elements; begin += kGroup) {
        // A group of bytes is a cache line. Asked for at once, a row is more than the processor can wait for while
        // it works.
        if (row.next) __builtin_prefetch(row.next + begin);
        while (begin >= channel_end) {
            ++channel;
            channel_end += row.plane;
        }
        const std::size_t end = begin + kGroup;
        if (end <= channel_end && end <= row.elements) {  // the last channel may be cut short
            step(row.in + begin, row.out + begin,
                 Shared<V>{V::number(row.scale[channel]), V::number(row.shift[channel])}, begin / kGroup);
        } else {
            edge_group<V>(row, begin, step);
        }
    }
}

template <class V, class In>
void affine(const Row<In>& row) {
    for_each_group<V>(row, Affine<V>{});
}

template <class V, class In>
void mollify(const Row<In>& row, const Start& start) {
    for_each_group<V>(row, Mollify<V>(start, row.alpha, row.sigma));
}

template <class V>
void dequantize(const Row<std::uint8_t>& row, const Start& start) {
    for_each_group<V>(row, Dequantize<V>(start));
}

template <class V>
constexpr Kernel kernel_of() {
    return {affine<V, std::uint8_t>, affine<V, float>, mollify<V, std::uint8_t>, mollify<V, float>,
            dequantize<V>};
}

}  // namespace
}  // namespace mollify::kernel
