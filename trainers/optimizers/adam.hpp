#pragma once
/// \file Adam and Adamax: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithms
/// 1 and 2.

#include <mollify/trainers/optimizers/optimizer.hpp>

namespace mollify {

/// With g = gradient + weight_decay·p and at step t:
///   m ← β₁m + (1-β₁)g,   v ← β₂v + (1-β₂)g²,   p ← p - lr/(1-β₁ᵗ) · m / (√v/√(1-β₂ᵗ) + ε)
/// On the CPU one loop over each parameter does all of it; elsewhere LibTorch's multi-tensor kernels do. m
/// and v are called `exp_avg` and `exp_avg_sq` in state().
class Adam : public Optimizer {
  public:
    Adam(const OptimizerOptions& options, std::span<const NamedTensor> parameters)
        : Optimizer(options, parameters, {"exp_avg", "exp_avg_sq"}) {}

  protected:
    void update_on_cpu(const Slot& slot) override;
    void update_together(const Group& group) override;
};

/// As Adam, but with the infinity norm: u ← max(β₂u, |g| + ε),   p ← p - lr/(1-β₁ᵗ) · m / u. m and u are
/// called `exp_avg` and `exp_inf` in state().
class Adamax : public Optimizer {
  public:
    Adamax(const OptimizerOptions& options, std::span<const NamedTensor> parameters)
        : Optimizer(options, parameters, {"exp_avg", "exp_inf"}) {}

  protected:
    void update_on_cpu(const Slot& slot) override;
    void update_together(const Group& group) override;
};

}  // namespace mollify
