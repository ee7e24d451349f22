#pragma once
/// \file Eight lanes on AVX2 and FMA. Operations as in vector_scalar.hpp.

#include <cstddef>
#include <cstdint>

#include <immintrin.h>

namespace mollify::kernel {
namespace {

struct Avx2 {
    static constexpr std::size_t kLanes = 8;
    using Float = __m256;
    using Int = __m256i;
    struct Words {  ///< lanes 0, 2, 4, 6 and lanes 1, 3, 5, 7, each in the low half of 64 bits
        __m256i even, odd;
    };

    static Words words(std::uint32_t value) { return {_mm256_set1_epi64x(value), _mm256_set1_epi64x(value)}; }
    static Words blocks(std::uint32_t first) {
        const __m256i start = _mm256_set1_epi64x(first);
        return {_mm256_add_epi32(start, _mm256_setr_epi64x(0, 2, 4, 6)),
                _mm256_add_epi32(start, _mm256_setr_epi64x(1, 3, 5, 7))};
    }
    static Words multiply(Words a, Words b) {
        return {_mm256_mul_epu32(a.even, b.even), _mm256_mul_epu32(a.odd, b.odd)};
    }
    static Words high(Words a) { return {_mm256_srli_epi64(a.even, 32), _mm256_srli_epi64(a.odd, 32)}; }
    static Words exclusive_or(Words a, Words b) {
        return {_mm256_xor_si256(a.even, b.even), _mm256_xor_si256(a.odd, b.odd)};
    }
    /// b^c first: in a round of Philox these are ready before `a`.
    static Words exclusive_or(Words a, Words b, Words c) { return exclusive_or(exclusive_or(b, c), a); }
    static Int integers(Words a) { return _mm256_blend_epi32(a.even, _mm256_slli_epi64(a.odd, 32), 0xAA); }

    static Int integer(std::uint32_t value) { return _mm256_set1_epi32(static_cast<int>(value)); }
    static Int bit_or(Int a, Int b) { return _mm256_or_si256(a, b); }
    static Int bit_and(Int a, Int b) { return _mm256_and_si256(a, b); }
    static Int add(Int a, Int b) { return _mm256_add_epi32(a, b); }
    static Int subtract(Int a, Int b) { return _mm256_sub_epi32(a, b); }
    template <int kBits>
    static Int shift_left(Int a) {
        return _mm256_slli_epi32(a, kBits);
    }
    template <int kBits>
    static Int shift_right(Int a) {
        return _mm256_srli_epi32(a, kBits);
    }
    template <int kBits>
    static Int shift_right_signed(Int a) {
        return _mm256_srai_epi32(a, kBits);
    }
    static Int load_integers(const std::uint8_t* from) {
        return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
    }

    static Int bits(Float a) { return _mm256_castps_si256(a); }
    static Float from_bits(Int a) { return _mm256_castsi256_ps(a); }
    static Float to_float(Int a) { return _mm256_cvtepi32_ps(a); }

    static Float number(float value) { return _mm256_set1_ps(value); }
    static Float load(const float* from) { return _mm256_loadu_ps(from); }
    static Float load(const std::uint8_t* from) { return to_float(load_integers(from)); }
    static void store(float* to, Float a) { _mm256_storeu_ps(to, a); }
    static Float add(Float a, Float b) { return _mm256_add_ps(a, b); }
    static Float multiply(Float a, Float b) { return _mm256_mul_ps(a, b); }
    static Float square_root(Float a) { return _mm256_sqrt_ps(a); }
    static Float fma(Float a, Float b, Float c) { return _mm256_fmadd_ps(a, b, c); }
    static Float flip_sign(Float a, Int signs) {
        return _mm256_xor_ps(a, _mm256_and_ps(from_bits(signs), number(-0.0f)));
    }
};

}  // namespace
}  // namespace mollify::kernel
