#include <ATen/ATen.h>

#include <mollify/trainers/tensors/registry.hpp>

namespace mollify {

at::Tensor TensorRegistry::parameter(std::string name, at::Tensor value) {
    parameters_.push_back({std::move(name), value.detach().contiguous().requires_grad_()});
    return parameters_.back().tensor;
}

at::Tensor TensorRegistry::buffer(std::string name, at::Tensor value) {
    buffers_.push_back({std::move(name), value.detach().contiguous()});
    return buffers_.back().tensor;
}

at::Tensor TensorRegistry::constant(at::Tensor value) {
    constants_.push_back(value.detach().contiguous());
    return constants_.back();
}

void TensorRegistry::to(const at::TensorOptions& options) {
    const c10::NoGradGuard no_gradient;
    const auto move = [&](at::Tensor& tensor) { tensor.set_data(tensor.detach().to(options)); };
    for (auto& [name, tensor] : parameters_) {
        tensor.mutable_grad().reset();
        move(tensor);
    }
    for (auto& [name, tensor] : buffers_) move(tensor);
    for (auto& tensor : constants_) move(tensor);
}

at::Tensor Scope::parameter(const std::string& name, at::Tensor value) const {
    return registry_->parameter(prefix_ + name, std::move(value));
}

at::Tensor Scope::buffer(const std::string& name, at::Tensor value) const {
    return registry_->buffer(prefix_ + name, std::move(value));
}

at::Tensor Scope::constant(at::Tensor value) const { return registry_->constant(std::move(value)); }

}  // namespace mollify
