#pragma once
/// \file The order of features, turned round.

#include <mollify/trainers/models/flows/layer.hpp>

namespace mollify {

/// y_i = x_{D-1-i}, so that the next autoregressive layer sees the features in the opposite order. Samples
/// are N×D.
class Reverse final : public Layer {
  public:
    Transformed forward(const at::Tensor& x, Pass pass) const override;
    at::Tensor inverse(const at::Tensor& y) const override;
};

}  // namespace mollify
