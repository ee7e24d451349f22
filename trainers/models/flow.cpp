#include <cmath>
#include <numbers>

#include <ATen/ATen.h>

#include <mollify/trainers/models/flow.hpp>

namespace mollify {

at::Tensor Flow::loss(const at::Tensor& x) { return -log_likelihood(x).mean(); }

at::Tensor Flow::log_likelihood(const at::Tensor& x) {
    const auto [latents, log_det] = encode(x, training() ? Pass::train : Pass::evaluate);
    return base_log_likelihood(latents) + log_det;
}

at::Tensor Flow::sample(std::int64_t count, at::Generator generator) {
    const c10::NoGradGuard no_gradient;
    return decode(draw(count, std::move(generator)));
}

void Flow::initialise(const at::Tensor& first_batch) {
    const c10::NoGradGuard no_gradient;
    encode(first_batch, Pass::initialise);
}

void Flow::reestimate(const at::Tensor& clean) {
    const c10::NoGradGuard no_gradient;
    encode(clean, Pass::reestimate);
}

at::Tensor standard_normal_log_likelihood(const at::Tensor& z) {
    const auto flat = z.flatten(1);
    const double constant = 0.5 * std::log(2 * std::numbers::pi) * static_cast<double>(flat.size(1));
    return -0.5 * flat.square().sum(1) - constant;
}

}  // namespace mollify
