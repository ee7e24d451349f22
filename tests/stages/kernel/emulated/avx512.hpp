#pragma once
/// \file What the AVX-512 kernel computes, on processors without AVX-512.

#include <mollify/stages/kernel/kernel.hpp>

namespace mollify::test {

/// Needs AVX2 and FMA.
extern const kernel::Kernel kEmulatedAvx512;

}  // namespace mollify::test
