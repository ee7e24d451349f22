#pragma once
/// \file The affine coupling layer of an image flow.

#include <cstdint>

#include <ATen/core/Generator.h>

#include <mollify/trainers/models/flows/layer.hpp>
#include <mollify/trainers/tensors/registry.hpp>

namespace mollify {

/// The first half of the channels passes through and steers the second: y₂ = (x₂ - shift)·scale, where a
/// network on x₁ gives the shift (its even channels) and scale = sigmoid(r + 2) (r its odd ones). The network
/// is 3×3, 1×1, 3×3 convolutions with ReLU between them, and starts at zero. Kingma and Dhariwal, "Glow:
/// generative flow with invertible 1×1 convolutions", NeurIPS 2018. Samples are N×C×H×W with even C.
class ImageCoupling final : public Layer {
  public:
    ImageCoupling(const Scope& scope, std::int64_t channels, std::int64_t hidden,
                  const at::Generator& generator);

    Transformed forward(const at::Tensor& x, Pass pass) const override;
    at::Tensor inverse(const at::Tensor& y) const override;

  private:
    struct Convolution {
        at::Tensor weight;
        at::Tensor bias;
        at::Tensor operator()(const at::Tensor& x) const;
    };
    struct Affine {
        at::Tensor shift;
        at::Tensor scale_logit;  ///< scale = sigmoid(scale_logit)
    };
    static Convolution convolution(const Scope& scope, std::int64_t in, std::int64_t out, std::int64_t kernel,
                                   const at::Generator& generator);
    Affine conditioner(const at::Tensor& steering) const;

    Convolution first_;
    Convolution middle_;
    Convolution last_;
};

}  // namespace mollify
