#pragma once
/// \file How parameters start, from an explicit generator.

#include <cstdint>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

namespace mollify {

/// A CPU generator of its own state.
at::Generator make_generator(std::uint64_t seed);

/// A rows×columns float32 matrix with orthonormal rows or columns, whichever are fewer, uniformly distributed
/// over all such: the Q of a QR factorisation of a Gaussian matrix with R's diagonal made positive (Mezzadri
/// 2007).
at::Tensor orthogonal(std::int64_t rows, std::int64_t columns, at::Generator generator);

/// Uniform in [-1/√fan_in, 1/√fan_in], PyTorch's default for the weights and biases of a layer, float32.
at::Tensor fan_in_uniform(at::IntArrayRef sizes, std::int64_t fan_in, at::Generator generator);

}  // namespace mollify
