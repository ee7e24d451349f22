#pragma once
/// \file Who gets which of the machine's threads.

#include <cstddef>

#include <mollify/stages/shape.hpp>
#include <mollify/trainers/program/config.hpp>

namespace mollify {

struct ThreadSplit {
    std::size_t total = 1;
    std::size_t math = 1;      ///< of LibTorch and OpenBLAS, on the thread that trains
    std::size_t pipeline = 1;  ///< that make batches
};

/// That this process may use.
std::size_t total_threads(const ThreadsConfig& config);

/// What `config` asks for, and where it is silent: for tables one of each, as their networks are too small to
/// gain from a second thread (with two they are slower); for images all threads to mathematics, and one that
/// makes batches beside them, as it takes a few parts in a thousand of a step; on a GPU one to mathematics and
/// the rest to the pipeline.
ThreadSplit split_threads(const ThreadsConfig& config, const SampleShape& shape, bool gpu);

}  // namespace mollify
