#pragma once
/// \file One lane in plain C++: the meaning of the vector operations, for every processor.

#include <cstddef>
#include <cstdint>

#include <mollify/stages/kernel/exact_fma.hpp>

namespace mollify::kernel {
namespace {

struct Scalar {
    static constexpr std::size_t kLanes = 1;
    using Float = float;
    using Int = std::uint32_t;
    using Words = std::uint64_t;  ///< random words; only the low 32 bits of each 64 count

    static Words words(std::uint32_t value) { return value; }
    static Words blocks(std::uint32_t first) { return first; }
    static Words multiply(Words a, Words b) { return (a & 0xFFFFFFFF) * (b & 0xFFFFFFFF); }
    static Words high(Words product) { return product >> 32; }
    static Words exclusive_or(Words a, Words b) { return a ^ b; }
    static Words exclusive_or(Words a, Words b, Words c) { return a ^ b ^ c; }
    static Int integers(Words a) { return static_cast<Int>(a); }

    static Int integer(std::uint32_t value) { return value; }
    static Int bit_or(Int a, Int b) { return a | b; }
    static Int bit_and(Int a, Int b) { return a & b; }
    static Int add(Int a, Int b) { return a + b; }
    static Int subtract(Int a, Int b) { return a - b; }
    template <int kBits>
    static Int shift_left(Int a) {
        return a << kBits;
    }
    template <int kBits>
    static Int shift_right(Int a) {
        return a >> kBits;
    }
    template <int kBits>
    static Int shift_right_signed(Int a) {
        return static_cast<Int>(static_cast<std::int32_t>(a) >> kBits);
    }
    static Int load_integers(const std::uint8_t* from) { return *from; }

    static Int bits(Float a) {
        Int result = 0;
        __builtin_memcpy(&result, &a, sizeof result);
        return result;
    }
    static Float from_bits(Int a) {
        Float result = 0;
        __builtin_memcpy(&result, &a, sizeof result);
        return result;
    }
    static Float to_float(Int a) { return static_cast<float>(static_cast<std::int32_t>(a)); }

    static Float number(float value) { return value; }
    static Float load(const float* from) { return *from; }
    static Float load(const std::uint8_t* from) { return *from; }
    static void store(float* to, Float a) { *to = a; }
    static Float add(Float a, Float b) { return a + b; }
    static Float multiply(Float a, Float b) { return a * b; }
    static Float square_root(Float a) { return __builtin_sqrtf(a); }
    static Float fma(Float a, Float b, Float c) {
#if defined(__FMA__) || defined(__FP_FAST_FMAF) || defined(FP_FAST_FMAF)
        return __builtin_fmaf(a, b, c);
#else
        return exact_fma(a, b, c);
#endif
    }
    /// `a` with its sign bit flipped where bit 31 of `signs` is set.
    static Float flip_sign(Float a, Int signs) { return from_bits(bits(a) ^ (signs & 0x80000000)); }
};

}  // namespace
}  // namespace mollify::kernel
