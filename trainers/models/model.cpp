#include <vector>

#include <ATen/ATen.h>

#include <mollify/trainers/models/model.hpp>

namespace mollify {

std::int64_t Model::parameter_count() const {
    std::int64_t count = 0;
    for (const auto& [name, tensor] : parameters()) count += tensor.numel();
    return count;
}

void Model::load(std::span<const NamedTensor> state) {
    std::vector<NamedTensor> targets(parameters().begin(), parameters().end());
    targets.insert(targets.end(), buffers().begin(), buffers().end());
    copy_by_name(state, targets, "the model '" + name() + "'");
    const c10::NoGradGuard no_gradient;
    loaded();
}

void Model::to(at::Device device) { registry_.to(at::TensorOptions().device(device)); }

void Model::to(at::ScalarType dtype) { registry_.to(at::TensorOptions().dtype(dtype)); }

}  // namespace mollify
