#include <ATen/ATen.h>

#include <mollify/trainers/models/layers/batch_norm.hpp>

namespace mollify {
namespace {

constexpr double kEpsilon = 1e-5;

}  // namespace

BatchNorm::BatchNorm(const Scope& scope, std::int64_t dims)
    : log_gamma_(scope.parameter("log_gamma", at::zeros({dims}))),
      beta_(scope.parameter("beta", at::zeros({dims}))),
      mean_(scope.buffer("running_mean", at::zeros({dims}))),
      variance_(scope.buffer("running_var", at::ones({dims}))) {}

Transformed BatchNorm::forward(const at::Tensor& x, Pass pass) const {
    auto mean = mean_;
    auto variance = variance_;
    if (pass != Pass::evaluate) {
        mean = x.mean(0);
        variance = (x - mean).square().mean(0) + kEpsilon;
        if (pass == Pass::reestimate) {
            mean_.copy_(mean.detach());
            variance_.copy_(variance.detach());
        }
    }
    return {at::exp(log_gamma_) * ((x - mean) / at::sqrt(variance)) + beta_,
            (log_gamma_ - 0.5 * at::log(variance)).sum()};
}

at::Tensor BatchNorm::inverse(const at::Tensor& y) const {
    return (y - beta_) * at::exp(-log_gamma_) * at::sqrt(variance_) + mean_;
}

}  // namespace mollify
