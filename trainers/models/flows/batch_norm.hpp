#pragma once
/// \file Batch normalisation as a layer of a table flow.

#include <cstdint>

#include <mollify/trainers/models/flows/layer.hpp>
#include <mollify/trainers/tensors/registry.hpp>

namespace mollify {

/// y = exp(log γ)·(x - mean)/√var + β with the biased variance plus 1e-5, of the batch or kept: Dinh et al.,
/// "Density estimation using Real NVP", ICLR 2017. Samples are N×D. Gradients flow through the batch's
/// statistics.
///
/// Kept statistics change in Pass::reestimate alone. (Published code also overwrites them with those of each
/// batch of the first epoch, which nothing sees, for it estimates them anew at the end of every epoch.)
///
/// A batch of one row has no variance. With 1e-5 in its place the layer would map every row to β and count
/// -log(1e-5)/2 = 5.76 nats per feature as likelihood; the kept statistics cannot stand in either, for they are as old
/// as the last evaluation or checkpoint, whose times must not change a training. So every pass but Pass::evaluate
/// throws Error for it, and batch_problem() tells before a training begins.
class BatchNorm final : public Layer {
  public:
    BatchNorm(const Scope& scope, std::int64_t dims);

    Transformed forward(const at::Tensor& x, Pass pass) const override;
    at::Tensor inverse(const at::Tensor& y) const override;

  private:
    at::Tensor log_gamma_;
    at::Tensor beta_;
    at::Tensor mean_;
    at::Tensor variance_;  // includes kEpsilon
};

}  // namespace mollify
