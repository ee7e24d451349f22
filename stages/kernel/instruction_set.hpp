#pragma once
/// \file Which vector instructions there are, and which of them run here. All give the same bits; they differ in speed
/// only.

#include <vector>

namespace mollify {

/// From slowest to fastest. `sse42` and `scalar` compute fused multiply-adds in software: right, not fast.
enum class InstructionSet {
    scalar,  ///< plain C++, any processor
    sse42,   ///< 4 lanes
    avx2,    ///< 8 lanes; needs AVX2 and FMA
    avx512   ///< 16 lanes; needs AVX-512 F, DQ, BW and VL
};

/// "scalar", "sse42", "avx2" or "avx512".
const char* to_string(InstructionSet set);

/// Those that this build holds and this processor (and operating system) can run, from slowest to fastest.
const std::vector<InstructionSet>& supported_instruction_sets();

}  // namespace mollify
