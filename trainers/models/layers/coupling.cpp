#include <ATen/ATen.h>

#include <mollify/trainers/models/layers/coupling.hpp>

namespace mollify {
namespace {

std::array<Dense, 3> network(const Scope& scope, std::int64_t dims, std::int64_t hidden,
                             Activation activation, const at::Generator& generator) {
    return {Dense(scope / "0", dims, hidden, activation, generator),
            Dense(scope / "2", hidden, hidden, activation, generator),
            Dense(scope / "4", hidden, dims, Activation::identity, generator)};
}

at::Tensor evaluate(const std::array<Dense, 3>& network, const at::Tensor& x) {
    return network[2](network[1](network[0](x)));
}

}  // namespace

Coupling::Coupling(const Scope& scope, std::int64_t dims, std::int64_t hidden, int parity,
                   const at::Generator& generator)
    : mask_(scope.buffer("mask", at::arange(parity, dims + parity, at::kFloat).remainder(2))),
      scale_net_(network(scope / "scale_net", dims, hidden, Activation::tanh, generator)),
      shift_net_(network(scope / "translate_net", dims, hidden, Activation::relu, generator)) {}

Coupling::Affine Coupling::conditioner(const at::Tensor& x) const {
    const auto seen = x * mask_;
    const auto changed = 1 - mask_;
    return {evaluate(scale_net_, seen) * changed, evaluate(shift_net_, seen) * changed};
}

Transformed Coupling::forward(const at::Tensor& x, Pass) const {
    const auto [log_scale, shift] = conditioner(x);
    return {x * at::exp(log_scale) + shift, log_scale.sum(1)};
}

at::Tensor Coupling::inverse(const at::Tensor& y) const {
    const auto [log_scale, shift] = conditioner(y);
    return (y - shift) * at::exp(-log_scale);
}

}  // namespace mollify
