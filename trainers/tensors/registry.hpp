#pragma once
/// \file The tensors that a model owns, and how its layers enter theirs.

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include <mollify/trainers/tensors/named_tensor.hpp>

namespace mollify {

/// Parameters, buffers and constants in the order of their entry. Handles stay valid when the registry moves
/// its tensors to another device or dtype.
class TensorRegistry {
  public:
    /// Trained; asks for gradients from now on.
    at::Tensor parameter(std::string name, at::Tensor value);
    /// State that is not trained.
    at::Tensor buffer(std::string name, at::Tensor value);
    /// Neither: follows from the model's structure, and is moved along but not saved.
    at::Tensor constant(at::Tensor value);

    const std::vector<NamedTensor>& parameters() const { return parameters_; }
    const std::vector<NamedTensor>& buffers() const { return buffers_; }

    void to(const at::TensorOptions& options);

  private:
    std::vector<NamedTensor> parameters_;
    std::vector<NamedTensor> buffers_;
    std::vector<at::Tensor> constants_;
};

/// A place in the tree of names: what a layer enters gets the layer's prefix.
class Scope {
  public:
    explicit Scope(TensorRegistry& registry, std::string prefix = "")
        : registry_(&registry), prefix_(std::move(prefix)) {}

    Scope operator/(const std::string& name) const { return Scope(*registry_, prefix_ + name + "."); }
    at::Tensor parameter(const std::string& name, at::Tensor value) const;
    at::Tensor buffer(const std::string& name, at::Tensor value) const;
    at::Tensor constant(at::Tensor value) const;

  private:
    TensorRegistry* registry_;
    std::string prefix_;
};

}  // namespace mollify
