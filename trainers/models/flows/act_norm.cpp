#include <ATen/ATen.h>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/models/flows/act_norm.hpp>

namespace mollify {

ActNorm::ActNorm(const Scope& scope, std::int64_t channels)
    : log_scale_(scope.parameter("s", at::zeros({1, channels, 1, 1}))),
      shift_(scope.parameter("t", at::zeros({1, channels, 1, 1}))) {}

Transformed ActNorm::forward(const at::Tensor& x, Pass pass) const {
    if (pass == Pass::initialise) {
        if (x.numel() / x.size(1) < 2) {
            throw Error(
                "activation normalisation cannot start from one pixel, which has no deviation: choose a "
                "batch size of at least 2");
        }
        const c10::NoGradGuard no_gradient;
        shift_.copy_(x.mean(at::IntArrayRef{0, 2, 3}, /*keepdim=*/true));
        log_scale_.copy_(
            at::log(x.std(at::IntArrayRef{0, 2, 3}, /*unbiased=*/true, /*keepdim=*/true) + 1e-6));
    }
    const auto pixels = static_cast<double>(x.size(2) * x.size(3));
    return {(x - shift_) * at::exp(-log_scale_), -pixels * log_scale_.sum()};
}

at::Tensor ActNorm::inverse(const at::Tensor& y) const { return y * at::exp(log_scale_) + shift_; }

}  // namespace mollify
