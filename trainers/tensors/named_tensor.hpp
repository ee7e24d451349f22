#pragma once
/// \file Tensors with names: how parameters, buffers and optimizer state are listed, saved and restored.

#include <span>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace mollify {

/// A name and a handle: copies share the tensor.
struct NamedTensor {
    std::string name;
    at::Tensor tensor;
};

/// Copies every source into the target of the same name, across devices and without a gradient.
/// All or nothing: throws Error naming each tensor that is missing, unexpected, given twice, or of another shape
/// or dtype, before any is written. \param what what the tensors belong to, for the message, such as "the model 'maf'"
void copy_by_name(std::span<const NamedTensor> sources, std::span<const NamedTensor> targets,
                  const std::string& what);

}  // namespace mollify
