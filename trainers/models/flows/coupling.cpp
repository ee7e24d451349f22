#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <mollify/trainers/models/flows/coupling.hpp>
#include <mollify/trainers/models/networks/once_differentiable.hpp>

namespace mollify {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

Mlp network(const Scope& scope, std::int64_t dims, std::int64_t hidden, Activation activation,
            const at::Generator& generator) {
    return Mlp({Dense::orthogonal(scope / "0", dims, hidden, activation, generator),
                Dense::orthogonal(scope / "2", hidden, hidden, activation, generator),
                Dense::orthogonal(scope / "4", hidden, dims, Activation::identity, generator)});
}

/// y = x·exp(s) + t and log det = Σ s, for the features that `changed` marks by 1, as one node of the graph:
///   ∂y/∂x = exp(s),   ∂y/∂s = x·exp(s),   ∂y/∂t = 1;   and 1 for the log-determinant's by s.
class Affine : public torch::autograd::Function<Affine> {
  public:
    static variable_list forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& log_scale,
                                 const at::Tensor& shift, const at::Tensor& changed) {
        const auto s = log_scale * changed;
        const auto scale = s.exp();
        const auto scaled = x * scale;
        context->save_for_backward({scale, scaled, changed});
        return {at::addcmul(scaled, shift, changed), s.sum(1)};
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        once_differentiable("a coupling");
        const auto saved = context->get_saved_variables();
        const auto& [scale, scaled, changed] = std::tie(saved[0], saved[1], saved[2]);
        return {gradients[0] * scale,
                at::addcmul(gradients[1].unsqueeze(1), gradients[0], scaled).mul_(changed),
                gradients[0] * changed,
                {}};
    }
};

}  // namespace

Coupling::Coupling(const Scope& scope, std::int64_t dims, std::int64_t hidden, int parity,
                   const at::Generator& generator)
    : mask_(scope.buffer("mask", at::arange(parity, dims + parity, at::kFloat).remainder(2))),
      changed_(scope.constant(1 - mask_)),
      scale_net_(network(scope / "scale_net", dims, hidden, Activation::tanh, generator)),
      shift_net_(network(scope / "translate_net", dims, hidden, Activation::relu, generator)) {}

Transformed Coupling::forward(const at::Tensor& x, Pass) const {
    const auto seen = x * mask_;
    auto results = Affine::apply(x, scale_net_(seen), shift_net_(seen), changed_);
    return {std::move(results[0]), std::move(results[1])};
}

at::Tensor Coupling::inverse(const at::Tensor& y) const {
    const auto seen = y * mask_;
    return (y - shift_net_(seen) * changed_) * at::exp(-changed_ * scale_net_(seen));
}

}  // namespace mollify
