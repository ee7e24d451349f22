#pragma once
/// \file Activation normalisation, a layer of an image flow.

#include <cstdint>

#include <mollify/trainers/models/flows/layer.hpp>
#include <mollify/trainers/tensors/registry.hpp>

namespace mollify {

/// y = (x - t)·exp(-s) with learnt t and s per channel, for samples of N×C×H×W: Kingma and Dhariwal, "Glow:
/// generative flow with invertible 1×1 convolutions", NeurIPS 2018. Pass::initialise sets t to the batch's
/// mean per channel and s to log(deviation + 1e-6), unbiased. Where the first batch is mollified, that is the
/// mean and deviation of noise.
class ActNorm final : public Layer {
  public:
    ActNorm(const Scope& scope, std::int64_t channels);

    Transformed forward(const at::Tensor& x, Pass pass) const override;
    at::Tensor inverse(const at::Tensor& y) const override;

  private:
    at::Tensor log_scale_;
    at::Tensor shift_;
};

}  // namespace mollify
