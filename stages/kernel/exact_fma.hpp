#pragma once
/// \file fmaf in software, correctly rounded, for processors (or builds) without the instruction.

#include <cstdint>

namespace mollify::kernel {
namespace {

/// a·b + c, rounded once. The product of two floats is exact in double. The sum is rounded to odd there
/// (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", 2008), with the error from Knuth's
/// two-sum, so that the second rounding, to float, sees on which side of a tie the exact sum lies.
inline float exact_fma(float a, float b, float c) {
    const double product = static_cast<double>(a) * b;
    const double addend = c;
    double sum = product + addend;
    const double part = sum - product;
    const double error = (product - (sum - part)) + (addend - part);
    if (error > 0 || error < 0) {  // neither for NaN: an infinite or undefined sum stands
        std::int64_t bits = 0;
        __builtin_memcpy(&bits, &sum, sizeof bits);
        if ((bits & 1) == 0) bits += (error > 0) == (sum > 0) ? 1 : -1;
        __builtin_memcpy(&sum, &bits, sizeof sum);
    }
    return static_cast<float>(sum);
}

}  // namespace
}  // namespace mollify::kernel
