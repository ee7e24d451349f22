#pragma once
/// \file Four lanes on SSE4.2. Operations as in vector_scalar.hpp.

#include <cstddef>
#include <cstdint>

#include <immintrin.h>

#include <mollify/stages/kernel/exact_fma.hpp>

namespace mollify::kernel {
namespace {

struct Sse42 {
    static constexpr std::size_t kLanes = 4;
    using Float = __m128;
    using Int = __m128i;
    struct Words {  ///< lanes 0, 2 and lanes 1, 3, each in the low half of 64 bits
        __m128i even, odd;
    };

    static Words words(std::uint32_t value) { return {_mm_set1_epi64x(value), _mm_set1_epi64x(value)}; }
    static Words blocks(std::uint32_t first) {
        const __m128i start = _mm_set1_epi64x(first);
        return {_mm_add_epi32(start, _mm_set_epi64x(2, 0)), _mm_add_epi32(start, _mm_set_epi64x(3, 1))};
    }
    static Words multiply(Words a, Words b) {
        return {_mm_mul_epu32(a.even, b.even), _mm_mul_epu32(a.odd, b.odd)};
    }
    static Words high(Words a) { return {_mm_srli_epi64(a.even, 32), _mm_srli_epi64(a.odd, 32)}; }
    static Words exclusive_or(Words a, Words b) {
        return {_mm_xor_si128(a.even, b.even), _mm_xor_si128(a.odd, b.odd)};
    }
    static Words exclusive_or(Words a, Words b, Words c) { return exclusive_or(exclusive_or(b, c), a); }
    static Int integers(Words a) { return _mm_blend_epi16(a.even, _mm_slli_epi64(a.odd, 32), 0xCC); }

    static Int integer(std::uint32_t value) { return _mm_set1_epi32(static_cast<int>(value)); }
    static Int bit_or(Int a, Int b) { return _mm_or_si128(a, b); }
    static Int bit_and(Int a, Int b) { return _mm_and_si128(a, b); }
    static Int add(Int a, Int b) { return _mm_add_epi32(a, b); }
    static Int subtract(Int a, Int b) { return _mm_sub_epi32(a, b); }
    template <int kBits>
    static Int shift_left(Int a) {
        return _mm_slli_epi32(a, kBits);
    }
    template <int kBits>
    static Int shift_right(Int a) {
        return _mm_srli_epi32(a, kBits);
    }
    template <int kBits>
    static Int shift_right_signed(Int a) {
        return _mm_srai_epi32(a, kBits);
    }
    static Int load_integers(const std::uint8_t* from) {
        int four = 0;
        __builtin_memcpy(&four, from, sizeof four);
        return _mm_cvtepu8_epi32(_mm_cvtsi32_si128(four));
    }

    static Int bits(Float a) { return _mm_castps_si128(a); }
    static Float from_bits(Int a) { return _mm_castsi128_ps(a); }
    static Float to_float(Int a) { return _mm_cvtepi32_ps(a); }

    static Float number(float value) { return _mm_set1_ps(value); }
    static Float load(const float* from) { return _mm_loadu_ps(from); }
    static Float load(const std::uint8_t* from) { return to_float(load_integers(from)); }
    static void store(float* to, Float a) { _mm_storeu_ps(to, a); }
    static Float add(Float a, Float b) { return _mm_add_ps(a, b); }
    static Float multiply(Float a, Float b) { return _mm_mul_ps(a, b); }
    static Float square_root(Float a) { return _mm_sqrt_ps(a); }
    /// In double, then rounded to float. The two roundings differ from one only where the double lies exactly
    /// half way between two floats (its low 29 bits are 1 and zeros) or where the float is subnormal or zero:
    /// those rare lanes are done again one by one.
    static Float fma(Float a, Float b, Float c) {
        const __m128d low = sum(a, b, c);
        const __m128d high = sum(_mm_movehl_ps(a, a), _mm_movehl_ps(b, b), _mm_movehl_ps(c, c));
        const Float rounded = _mm_movelh_ps(_mm_cvtpd_ps(low), _mm_cvtpd_ps(high));
        if (_mm_testz_si128(_mm_or_si128(doubtful(low), doubtful(high)), _mm_set1_epi64x(-1))) [[likely]] {
            return rounded;
        }
        alignas(16) float x[4], y[4], z[4];
        _mm_store_ps(x, a);
        _mm_store_ps(y, b);
        _mm_store_ps(z, c);
        return _mm_setr_ps(exact_fma(x[0], y[0], z[0]), exact_fma(x[1], y[1], z[1]),
                           exact_fma(x[2], y[2], z[2]), exact_fma(x[3], y[3], z[3]));
    }
    static Float flip_sign(Float a, Int signs) {
        return _mm_xor_ps(a, _mm_and_ps(from_bits(signs), number(-0.0f)));
    }

  private:
    static __m128d sum(Float a, Float b, Float c) {
        return _mm_add_pd(_mm_mul_pd(_mm_cvtps_pd(a), _mm_cvtps_pd(b)), _mm_cvtps_pd(c));
    }
    static __m128i doubtful(__m128d value) {
        const __m128i all = _mm_castpd_si128(value);
        const __m128i tie =
            _mm_cmpeq_epi64(_mm_and_si128(all, _mm_set1_epi64x(0x1FFFFFFF)), _mm_set1_epi64x(0x10000000));
        const __m128d size = _mm_andnot_pd(_mm_set1_pd(-0.0), value);
        return _mm_or_si128(tie, _mm_castpd_si128(_mm_cmplt_pd(size, _mm_set1_pd(0x1p-126))));
    }
};

}  // namespace
}  // namespace mollify::kernel
