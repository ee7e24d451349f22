#pragma once
/// \file Sixteen lanes on AVX-512 F and DQ. Operations as in vector_scalar.hpp.

#include <cstddef>
#include <cstdint>

#include <immintrin.h>

namespace mollify::kernel {
namespace {

struct Avx512 {
    static constexpr std::size_t kLanes = 16;
    using Float = __m512;
    using Int = __m512i;
    struct Words {  ///< lanes 0, 2, … 14 and lanes 1, 3, … 15, each in the low half of 64 bits
        __m512i even, odd;
    };

    static Words words(std::uint32_t value) { return {_mm512_set1_epi64(value), _mm512_set1_epi64(value)}; }
    static Words blocks(std::uint32_t first) {
        const __m512i start = _mm512_set1_epi64(first);
        return {_mm512_add_epi32(start, _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14)),
                _mm512_add_epi32(start, _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15))};
    }
    static Words multiply(Words a, Words b) {
        return {_mm512_mul_epu32(a.even, b.even), _mm512_mul_epu32(a.odd, b.odd)};
    }
    static Words high(Words a) { return {_mm512_srli_epi64(a.even, 32), _mm512_srli_epi64(a.odd, 32)}; }
    static Words exclusive_or(Words a, Words b) {
        return {_mm512_xor_si512(a.even, b.even), _mm512_xor_si512(a.odd, b.odd)};
    }
    static Words exclusive_or(Words a, Words b, Words c) {
        constexpr int kXorOfThree = 0x96;
        return {_mm512_ternarylogic_epi64(a.even, b.even, c.even, kXorOfThree),
                _mm512_ternarylogic_epi64(a.odd, b.odd, c.odd, kXorOfThree)};
    }
    static Int integers(Words a) { return _mm512_mask_shuffle_epi32(a.even, 0xAAAA, a.odd, _MM_PERM_CCAA); }

    static Int integer(std::uint32_t value) { return _mm512_set1_epi32(static_cast<int>(value)); }
    static Int bit_or(Int a, Int b) { return _mm512_or_si512(a, b); }
    static Int bit_and(Int a, Int b) { return _mm512_and_si512(a, b); }
    static Int add(Int a, Int b) { return _mm512_add_epi32(a, b); }
    static Int subtract(Int a, Int b) { return _mm512_sub_epi32(a, b); }
    template <int kBits>
    static Int shift_left(Int a) {
        return _mm512_slli_epi32(a, kBits);
    }
    template <int kBits>
    static Int shift_right(Int a) {
        return _mm512_srli_epi32(a, kBits);
    }
    template <int kBits>
    static Int shift_right_signed(Int a) {
        return _mm512_srai_epi32(a, kBits);
    }
    static Int load_integers(const std::uint8_t* from) {
        return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
    }

    static Int bits(Float a) { return _mm512_castps_si512(a); }
    static Float from_bits(Int a) { return _mm512_castsi512_ps(a); }
    static Float to_float(Int a) { return _mm512_cvtepi32_ps(a); }

    static Float number(float value) { return _mm512_set1_ps(value); }
    static Float load(const float* from) { return _mm512_loadu_ps(from); }
    static Float load(const std::uint8_t* from) { return to_float(load_integers(from)); }
    static void store(float* to, Float a) { _mm512_storeu_ps(to, a); }
    static Float add(Float a, Float b) { return _mm512_add_ps(a, b); }
    static Float multiply(Float a, Float b) { return _mm512_mul_ps(a, b); }
    static Float square_root(Float a) { return _mm512_sqrt_ps(a); }
    static Float fma(Float a, Float b, Float c) { return _mm512_fmadd_ps(a, b, c); }
    static Float flip_sign(Float a, Int signs) {
        constexpr int kAndThenXor = 0x78;  // a ^ (signs & mask)
        return from_bits(_mm512_ternarylogic_epi32(bits(a), signs, integer(0x80000000), kAndThenXor));
    }
};

}  // namespace
}  // namespace mollify::kernel
