#pragma once
/// \file The table of inner loops, one per instruction set. Internal: gaussian.hpp is the face of it.

#include <cstddef>
#include <cstdint>

#include <mollify/stages/kernel/instruction_set.hpp>
#include <mollify/stages/kernel/noise_address.hpp>

namespace mollify::kernel {

/// Elements that are made in one step, and the alignment (in elements) of the noise's layout; see
/// gaussian.hpp.
inline constexpr std::size_t kGroup = 64;
/// Philox blocks of one group.
inline constexpr std::size_t kGroupBlocks = kGroup / 4;

/// One sample on its way from `In` to float32: out = fma(alpha, fma(scale[c], in, shift[c]), sigma·e), c =
/// i/plane. Plain pointers and no functions, because code that is compiled for one instruction set must not
/// share inline functions with the rest of the program: the linker would keep one copy for all processors.
template <class In>
struct Row {
    const In* in;
    float* out;  ///< may be `in`
    std::size_t elements;
    std::size_t plane;   ///< elements that share a scale and shift, at least 1
    const float* scale;  ///< elements/plane, rounded up
    const float* shift;
    float alpha;
    float sigma;
    /// Bytes that the next call is going to read, as many: brought into the cache meanwhile. May be nullptr.
    const std::uint8_t* next = nullptr;
};

struct Kernel {
    void (*affine_bytes)(const Row<std::uint8_t>&);  ///< out = fma(scale, in, shift) only
    void (*affine_values)(const Row<float>&);
    void (*mollify_bytes)(const Row<std::uint8_t>&, const Start&);
    void (*mollify_values)(const Row<float>&, const Start&);
    void (*dequantize)(const Row<std::uint8_t>&, const Start&);  ///< out = (in·2^16 + word>>16)·2^-24
};

extern const Kernel kScalar;
extern const Kernel kSse42;
extern const Kernel kAvx2;
extern const Kernel kAvx512;

/// The loops for `set`, which must be supported.
const Kernel& kernel(InstructionSet set);

}  // namespace mollify::kernel
