#include <ATen/ATen.h>

#include <mollify/trainers/models/flows/image_coupling.hpp>
#include <mollify/trainers/models/networks/initialization.hpp>

namespace mollify {

at::Tensor ImageCoupling::Convolution::operator()(const at::Tensor& x) const {
    return at::conv2d(x, weight, bias, /*stride=*/1, /*padding=*/weight.size(2) / 2);
}

ImageCoupling::Convolution ImageCoupling::convolution(const Scope& scope, std::int64_t in, std::int64_t out,
                                                      std::int64_t kernel, const at::Generator& generator) {
    const auto fan_in = in * kernel * kernel;
    const auto weight = fan_in_uniform({out, in, kernel, kernel}, fan_in, generator);
    const auto bias = fan_in_uniform({out}, fan_in, generator);
    return {scope.parameter("weight", weight), scope.parameter("bias", bias)};
}

ImageCoupling::ImageCoupling(const Scope& scope, std::int64_t channels, std::int64_t hidden,
                             const at::Generator& generator)
    : first_(convolution(scope / "0", channels / 2, hidden, 3, generator)),
      middle_(convolution(scope / "2", hidden, hidden, 1, generator)),
      last_(convolution(scope / "4", hidden, channels, 3, generator)) {
    const c10::NoGradGuard no_gradient;
    last_.weight.zero_();
    last_.bias.zero_();
}

ImageCoupling::Affine ImageCoupling::conditioner(const at::Tensor& steering) const {
    // In place: a convolution does not keep its output, and the largest tensors of the model are made here.
    const auto output = last_(middle_(first_(steering).relu_()).relu_());
    return {output.slice(1, 0, {}, 2), output.slice(1, 1, {}, 2) + 2};
}

Transformed ImageCoupling::forward(const at::Tensor& x, Pass) const {
    const auto half = x.size(1) / 2;
    const auto steering = x.narrow(1, 0, half);
    const auto [shift, logit] = conditioner(steering);
    return {at::cat({steering, (x.narrow(1, half, half) - shift) * at::sigmoid(logit)}, 1),
            at::log_sigmoid(logit).sum(at::IntArrayRef{1, 2, 3})};
}

at::Tensor ImageCoupling::inverse(const at::Tensor& y) const {
    const auto half = y.size(1) / 2;
    const auto steering = y.narrow(1, 0, half);
    const auto [shift, logit] = conditioner(steering);
    return at::cat({steering, y.narrow(1, half, half) / at::sigmoid(logit) + shift}, 1);
}

}  // namespace mollify
