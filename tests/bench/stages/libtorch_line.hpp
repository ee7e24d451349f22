#pragma once
/// \file The contender: one line of LibTorch. Its headers stay in libtorch_line.cpp.

#include <functional>

namespace mollify::bench {

/// A call that computes alpha·x + sigma·randn_like(x) for a batch of rows×channels×plane floats with `threads` threads.
std::function<void()> libtorch_line(long rows, long channels, long plane, int threads);

}  // namespace mollify::bench
