#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/models/flows/batch_norm.hpp>
#include <mollify/trainers/models/networks/once_differentiable.hpp>

namespace mollify {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr double kEpsilon = 1e-5;

/// Normalisation by the batch's own statistics, which is what training spends its time on: LibTorch's fused kernels,
/// and what the log-determinant adds to them. With v the biased variance plus ε, of N samples,
///   log det = Σ_d (log γ - ½ log v),   ∂ log det/∂x_nd = -(x_nd - mean_d) / (N·v_d).
class NormalizeByBatch : public torch::autograd::Function<NormalizeByBatch> {
  public:
    static variable_list forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& log_gamma,
                                 const at::Tensor& beta) {
        const auto gamma = log_gamma.exp();
        const auto [y, mean, inverse_deviation] =
            at::native_batch_norm(x, gamma, beta, {}, {}, /*training=*/true, /*momentum=*/0, kEpsilon);
        context->save_for_backward({x, gamma, mean, inverse_deviation});
        return {y, (log_gamma + inverse_deviation.log()).sum()};
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        once_differentiable("a batch normalisation");
        const auto saved = context->get_saved_variables();
        const auto& [x, gamma, mean, inverse_deviation] = std::tie(saved[0], saved[1], saved[2], saved[3]);
        const auto& of_log_det = gradients[1];
        auto [of_x, of_gamma, of_beta] =
            at::native_batch_norm_backward(gradients[0], x, gamma, {}, {}, mean, inverse_deviation,
                                           /*train=*/true, kEpsilon, /*output_mask=*/{true, true, true});
        const auto slope = inverse_deviation.square() * (of_log_det / -static_cast<double>(x.size(0)));
        of_x.addcmul_(x - mean, slope);
        return {of_x, of_gamma * gamma + of_log_det, of_beta};
    }
};

}  // namespace

BatchNorm::BatchNorm(const Scope& scope, std::int64_t dims)
    : log_gamma_(scope.parameter("log_gamma", at::zeros({dims}))),
      beta_(scope.parameter("beta", at::zeros({dims}))),
      mean_(scope.buffer("running_mean", at::zeros({dims}))),
      variance_(scope.buffer("running_var", at::ones({dims}))) {}

Transformed BatchNorm::forward(const at::Tensor& x, Pass pass) const {
    if (pass != Pass::evaluate && x.size(0) < 2) {
        throw Error(
            "batch normalisation cannot divide by the variance of a batch of one row: leave incomplete "
            "batches out "
            "(drop_last), or choose a batch size that leaves no single row");
    }
    if (pass == Pass::reestimate) {
        const auto mean = x.mean(0);
        variance_.copy_((x - mean).square().mean(0) + kEpsilon);
        mean_.copy_(mean);
    } else if (pass != Pass::evaluate) {
        auto results = NormalizeByBatch::apply(x, log_gamma_, beta_);
        return {std::move(results[0]), std::move(results[1])};
    }
    return {at::exp(log_gamma_) * ((x - mean_) / at::sqrt(variance_)) + beta_,
            (log_gamma_ - 0.5 * at::log(variance_)).sum()};
}

at::Tensor BatchNorm::inverse(const at::Tensor& y) const {
    return (y - beta_) * at::exp(-log_gamma_) * at::sqrt(variance_) + mean_;
}

}  // namespace mollify
