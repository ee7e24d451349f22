#pragma once
/// \file Gaussian mollification on plain memory, and the definition of its noise.
///
/// The noise of "mollify-1" (kAlgorithmVersion). Every step is one IEEE 754 binary32 operation, rounded to nearest
/// even, or an operation on 32-bit integers; fma rounds once. So any machine gives the same bits.
///
/// Element e of a sample reads two words of a Philox4x32-10 block (kernel/philox.hpp). With g = e div 64, r = e mod 64,
/// j = r div 16: block 16·g + r mod 16 of stream `mollify`; words (a, b) = (0, 1) for j = 0 or 1, (2, 3) for j = 2
/// or 3; j even takes z0, j odd z1 of Box and Muller's pair (1958), in which one bit of `a` chooses the half circle:
///
///     u  = float(int32(a | 1))                   |u|·2^-31 is uniform in (0, 1], its sign a fair coin
///     i  = bits(|u|) - 0x4EB504F3                int32; the bits of sqrt(1/2)·2^31 taken away
///     k  = float(i >> 23)                        arithmetic shift: |u|·2^-31 = 2^k·(1+f)
///     f  = as_float((i & 0x7FFFFF) + 0x3F3504F3) - 1        1+f in [sqrt(1/2), sqrt(2))
///     R  = sqrt(fma(k, -0x1.62e430p0, f·P(f)))   sqrt(-2·ln(|u|·2^-31))
///     y  = float(int32(b))·2^-31                 the angle, in units of π/2, in [-1, 1]
///     z0 = R·C(y·y), sign flipped where u < 0    ±R·cos(π/2·y)
///     z1 = (R·y)·S(y·y)                          R·sin(π/2·y)
///
/// P, C and S are polynomials by Horner's rule in fma; their coefficients stand in kernel/loops.hpp. |z| ≤ 6.56.
/// Against exact arithmetic on the same u and y the error of a normal is below 1e-6 (8e-7 measured). The conversion
/// of `a` to 24 bits itself moves a radius R by up to 2^-25/R, or 2^-12 where |u| becomes 2^31, once in 2^24 pairs.
/// Elements 16 apart share a radius, so that no vector width up to 16 lanes has to move numbers between lanes.

#include <cstdint>
#include <span>

#include <mollify/stages/batch.hpp>
#include <mollify/stages/instruction_set.hpp>
#include <mollify/stages/kernel/noise_address.hpp>

namespace mollify {

/// The affine map before the noise: y = fma(scale[c], x, shift[c]) with c = i div plane. The default is the
/// identity, to the bit (a shift of +0 would turn -0 into +0).
struct AffineView {
    std::span<const float> scale = kOne;
    std::span<const float> shift = kMinusZero;
    std::size_t plane = SIZE_MAX;  ///< elements that share a scale and shift

    static constexpr float kOne[] = {1.0f};
    static constexpr float kMinusZero[] = {-0.0f};
};

/// x~ = alpha·x + sigma·e
struct Mix {
    float alpha = 1;
    float sigma = 0;

    /// alpha = sqrt(1-n), sigma = sqrt(n), in double, then rounded. `level` n in [0, 1].
    static Mix at_level(double level);
    bool is_clean() const { return alpha == 1 && sigma == 0; }
};

/// One sample: out[i] = fma(alpha, fma(scale, in[i], shift), sigma·e[i]); out[i] = fma(scale, in[i], shift),
/// without drawing noise, where the mix is clean. `out` may be `in`, but not overlap it otherwise.
/// Thread-safe. Throws Error where sizes do not fit together or an address is out of range.
/// \param set which instructions to use; the bits do not depend on it
void mollify_sample(std::span<const float> in, std::span<float> out, const AffineView& affine, Mix mix,
                    const NoiseAddress& address, InstructionSet set = active_instruction_set());
/// The same from bytes 0…255.
void mollify_sample(std::span<const std::uint8_t> in, std::span<float> out, const AffineView& affine, Mix mix,
                    const NoiseAddress& address, InstructionSet set = active_instruction_set());

/// All rows of a batch, from bytes or values, to values; the noise is that of (seed, the batch's iteration,
/// the row's sample id). With `affine.plane` taken from the batch's shape where there is more than one scale.
/// Throws Error, naming `stage`, where the batch has no room for values, or for the bytes that it is said to hold.
void mollify_batch(Batch& batch, AffineView affine, Mix mix, std::uint64_t seed,
                   const char* stage = "mollify");

/// e itself: standard normals.
void fill_normals(std::span<float> out, const NoiseAddress& address,
                  InstructionSet set = active_instruction_set());

}  // namespace mollify
