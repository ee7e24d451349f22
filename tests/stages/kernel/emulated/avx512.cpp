/// \file The source of the AVX-512 kernel with its instructions emulated by SIMDe, on AVX2 and FMA.
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#include <simde/x86/fma.h>

namespace {

// The instructions that SIMDe has not, as Intel's manual has them.

/// VPSHUFD: lanes of `a` as `order` says within each group of four, where `mask` has a bit; the others from `source`.
simde__m512i mask_shuffle_lanes(simde__m512i source, unsigned mask, simde__m512i a, int order) {
    auto result = simde__m512i_to_private(source);
    const auto from = simde__m512i_to_private(a);
    for (unsigned lane = 0; lane < 16; ++lane) {
        if (mask >> lane & 1) result.i32[lane] = from.i32[lane / 4 * 4 + (order >> 2 * (lane % 4) & 3)];
    }
    return simde__m512i_from_private(result);
}

/// VPMOVZXBD
simde__m512i widen_lanes(simde__m128i bytes) {
    simde__m512i_private result;
    const auto from = simde__m128i_to_private(bytes);
    for (unsigned lane = 0; lane < 16; ++lane) result.i32[lane] = from.u8[lane];
    return simde__m512i_from_private(result);
}

/// VPSRAD
simde__m512i shift_right_signed_lanes(simde__m512i a, unsigned bits) {
    auto result = simde__m512i_to_private(a);
    for (auto& half : result.m256i) half = simde_mm256_srai_epi32(half, static_cast<int>(bits));
    return simde__m512i_from_private(result);
}

/// VCVTDQ2PS
simde__m512 convert_lanes(simde__m512i integers) {
    simde__m512_private result;
    const auto from = simde__m512i_to_private(integers);
    for (unsigned half = 0; half < 2; ++half) result.m256[half] = simde_mm256_cvtepi32_ps(from.m256i[half]);
    return simde__m512_from_private(result);
}

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier): the intrinsics' own names, macros themselves without optimization
#undef _mm512_srai_epi32
#undef _mm512_cvtepi32_ps
#undef _mm512_cvtepu8_epi32
#undef _mm512_mask_shuffle_epi32
#define _mm512_srai_epi32(a, bits) shift_right_signed_lanes(a, bits)
#define _mm512_cvtepi32_ps(integers) convert_lanes(integers)
#define _mm512_cvtepu8_epi32(bytes) widen_lanes(bytes)
#define _mm512_mask_shuffle_epi32(source, mask, a, order) mask_shuffle_lanes(source, mask, a, order)
// NOLINTEND(bugprone-reserved-identifier)

#include <mollify/stages/kernel/loops.hpp>
#include <mollify/stages/kernel/vector_avx512.hpp>
#include <mollify/tests/stages/kernel/emulated/avx512.hpp>

namespace mollify::test {

const kernel::Kernel kEmulatedAvx512 = kernel::kernel_of<kernel::Avx512>();

}  // namespace mollify::test
