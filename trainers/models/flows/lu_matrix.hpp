#pragma once
/// \file A learnt invertible matrix whose determinant costs nothing.

#include <cstdint>

#include <ATen/core/Generator.h>

#include <mollify/trainers/models/flows/layer.hpp>
#include <mollify/trainers/tensors/registry.hpp>

namespace mollify {

/// W = P·(L + I)·(U + diag(sign·exp(log S))) with strictly triangular L and U, of size D×D: Kingma and
/// Dhariwal, "Glow: generative flow with invertible 1×1 convolutions", NeurIPS 2018. P and the signs are
/// fixed. L and U are held as full matrices, of which only the strict triangles count.
class LuMatrix {
  public:
    /// Starts as a random orthogonal matrix.
    LuMatrix(const Scope& scope, std::int64_t size, at::Generator generator);

    at::Tensor matrix() const;
    /// W⁻¹, by triangular solutions in float64.
    at::Tensor inverse() const;
    /// log|det W|, a scalar.
    at::Tensor log_det() const;

  private:
    at::Tensor lower_;
    at::Tensor upper_;
    at::Tensor log_diagonal_;
    at::Tensor permutation_;
    at::Tensor sign_;
};

/// y = x·W for samples of N×D.
class LuLayer final : public Layer {
  public:
    LuLayer(const Scope& scope, std::int64_t dims, at::Generator generator)
        : matrix_(scope, dims, std::move(generator)) {}

    Transformed forward(const at::Tensor& x, Pass pass) const override;
    at::Tensor inverse(const at::Tensor& y) const override;

  private:
    LuMatrix matrix_;
};

/// y(h, w) = W·x(h, w) at every pixel, for samples of N×C×H×W.
class InvertibleConvolution final : public Layer {
  public:
    InvertibleConvolution(const Scope& scope, std::int64_t channels, at::Generator generator)
        : matrix_(scope, channels, std::move(generator)) {}

    Transformed forward(const at::Tensor& x, Pass pass) const override;
    at::Tensor inverse(const at::Tensor& y) const override;

  private:
    LuMatrix matrix_;
};

}  // namespace mollify
