#pragma once
/// \file Who gets which of the machine's threads.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <mollify/stages/shape.hpp>

namespace mollify {

struct ThreadOptions {
    std::uint64_t total = 0;     ///< that this process may use; 0: available_threads()
    std::uint64_t math = 0;      ///< of LibTorch; 0: the default split, see split_threads()
    std::uint64_t pipeline = 0;  ///< that make batches; 0: the default split
};

struct ThreadSplit {
    std::size_t total = 1;
    std::size_t math = 1;      ///< of LibTorch and OpenBLAS, on the thread that trains
    std::size_t pipeline = 1;  ///< that make batches
};

/// Counts that no one can mean, in words that begin with the option's name; empty where there are none. At most four
/// threads per processor of the machine, and 64 on a small one, can be asked for.
std::vector<std::string> problems(const ThreadOptions& options);

/// That this process may use.
std::size_t total_threads(const ThreadOptions& options);

/// What `options` ask for, and where they are silent: for tables one of each, as their networks are too small to
/// gain from a second thread (with two they are slower); for images all threads to mathematics, and one that
/// makes batches beside them, as it takes a few parts in a thousand of a step; on a GPU one to mathematics and
/// the rest to the pipeline.
ThreadSplit split_threads(const ThreadOptions& options, const SampleShape& shape, bool gpu);

/// Threads that a training of this split has beside its first one.
std::size_t helpers(const ThreadSplit& split);

/// Caps the threads of LibTorch and OpenBLAS at `threads` ≥ 1.
///
/// LibTorch's count (OpenMP's) belongs to the calling thread and is fixed at that thread's first tensor
/// operation, so call this on each thread that computes with tensors before it does. OpenBLAS's count is one
/// for the process, and the last call wins; without it, LibTorch's cap does not hold for matrix products.
void cap_math_threads(int threads);

}  // namespace mollify
