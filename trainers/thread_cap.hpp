#pragma once
/// \file How many threads tensor arithmetic may use.

namespace mollify {

/// Caps the threads of LibTorch and OpenBLAS at `threads` ≥ 1.
///
/// LibTorch's count (OpenMP's) belongs to the calling thread and is fixed at that thread's first tensor
/// operation, so call this on each thread that computes with tensors before it does. OpenBLAS's count is one
/// for the process, and the last call wins; without it, LibTorch's cap does not hold for matrix products.
void cap_math_threads(int threads);

}  // namespace mollify
