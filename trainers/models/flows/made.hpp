#pragma once
/// \file MADE: an autoregressive layer of a table flow.

#include <cstdint>

#include <ATen/core/Generator.h>

#include <mollify/trainers/models/flows/layer.hpp>
#include <mollify/trainers/models/networks/dense.hpp>

namespace mollify {

/// u_i = (x_i - m_i)·exp(-a_i), where m_i and a_i are functions of x_0 … x_{i-1} by three masked dense layers
/// with ReLU: Germain et al., "MADE: masked autoencoder for distribution estimation", ICML 2015, as used by
/// Papamakarios et al., "Masked autoregressive flow for density estimation", NeurIPS 2017. Samples are N×D, D
/// ≥ 2.
///
/// Hidden units have the degrees 0 … D-2 in equal shares and are sorted by degree, which makes the masks
/// staircases. (Published code deals degrees out in turn, k mod (D-1): the same family of networks with its
/// units renumbered.)
class Made final : public Layer {
  public:
    Made(const Scope& scope, std::int64_t dims, std::int64_t hidden, const at::Generator& generator);

    Transformed forward(const at::Tensor& x, Pass pass) const override;
    /// One column after the other: D passes through the network.
    at::Tensor inverse(const at::Tensor& u) const override;
    void loaded() const override;

  private:
    std::int64_t dims_;
    Mlp conditioner_;  // to N×2D: shifts m, then log-scales a
};

/// The degrees of `count` hidden units for `dims` features, ascending.
std::vector<std::int64_t> hidden_degrees(std::int64_t count, std::int64_t dims);

}  // namespace mollify
