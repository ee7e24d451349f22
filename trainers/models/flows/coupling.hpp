#pragma once
/// \file The affine coupling layer of a table flow.

#include <cstdint>

#include <ATen/core/Generator.h>

#include <mollify/trainers/models/flows/layer.hpp>
#include <mollify/trainers/models/networks/dense.hpp>

namespace mollify {

/// y = x·exp(s) + t with s = (1-b)·S(b·x) and t = (1-b)·T(b·x): features where the mask b is 1 pass through
/// and steer the others. S and T are networks of three dense layers, with tanh and ReLU. Dinh et al.,
/// "Density estimation using Real NVP", ICLR 2017. Samples are N×D.
class Coupling final : public Layer {
  public:
    /// \param parity b_d = (d + parity) mod 2
    Coupling(const Scope& scope, std::int64_t dims, std::int64_t hidden, int parity,
             const at::Generator& generator);

    Transformed forward(const at::Tensor& x, Pass pass) const override;
    at::Tensor inverse(const at::Tensor& y) const override;

  private:
    at::Tensor mask_;     // b
    at::Tensor changed_;  // 1-b
    Mlp scale_net_;       // S
    Mlp shift_net_;       // T
};

}  // namespace mollify
