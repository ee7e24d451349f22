#pragma once
/// \file The mollification stage on a tensor, for those who have a loader of their own.

#include <span>

#include <ATen/core/Tensor.h>

#include <mollify/stages/mollifier.hpp>

namespace mollify {

/// Mollifies `values` in place: float32, contiguous, on the CPU, N×D or N×C×H×W with one row per entry of `ids`; of
/// N×C×H it is taken that W is 1, and dimensions after the fourth belong to W. A row gets the same bits as it gets in a
/// pipeline, whatever batch, thread or process it is in. Not recorded by autograd. Throws Error for another kind of tensor or
/// another number of rows.
void mollify_tensor(const at::Tensor& values, std::span<const SampleId> ids, Iteration iteration, Epoch epoch,
                    const Mollifier& mollifier);

}  // namespace mollify
