#pragma once
/// \file First-order optimizers with one pass over memory per step.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <mollify/trainers/tensors/named_tensor.hpp>

namespace mollify {

struct OptimizerOptions {
    std::string kind = "adam";    ///< adam or adamax
    double learning_rate = 1e-4;  ///< above 0, and finite in float32 as all of these
    double beta1 = 0.9;           ///< decay of the mean gradient, in [0, 1)
    double beta2 = 0.999;         ///< decay of its magnitude, in [0, 1)
    double epsilon = 1e-8;        ///< at least 1.2e-38: 0 in float32 would divide 0 by 0
    double weight_decay =
        0.0;  ///< coupled: its multiple of the parameter is added to the gradient; at least 0
};

/// Changes parameters by their gradients: Adam or Adamax (Kingma and Ba, "Adam: a method for stochastic
/// optimization", ICLR 2015) with the arithmetic of torch::optim::Adam and PyTorch's Adamax.
///
/// A step: zero_grad(), loss.backward(), step(). Not thread-safe.
class Optimizer {
  public:
    virtual ~Optimizer() = default;
    Optimizer(const Optimizer&) = delete;
    Optimizer& operator=(const Optimizer&) = delete;

    /// Forgets the gradients by letting go of them. The next backward() then hands its freshly computed
    /// gradients over as they are: nothing is set to zero, added to or copied.
    void zero_grad();
    /// One step. Parameters without a gradient stay as they are, and so does their state.
    void step();

    const OptimizerOptions& options() const { return options_; }

    /// All that a checkpoint needs, as handles: per parameter `<name>.step` (int64 scalar on the CPU) and two
    /// moments.
    std::span<const NamedTensor> state() const { return state_; }
    /// Restores what state() gave; throws Error as copy_by_name() does.
    void load(std::span<const NamedTensor> state);

  protected:
    /// One parameter, its gradient and the two moments, all contiguous, and the number of this step, from 1.
    struct Slot {
        at::Tensor parameter, gradient, first, second;
        std::int64_t step;
    };
    /// Several slots at the same step, as LibTorch's multi-tensor operations take them.
    struct Group {
        std::vector<at::Tensor> parameters, gradients, first, second;
        std::int64_t step;
    };

    /// \param moments names of the two tensors kept per parameter
    Optimizer(const OptimizerOptions& options, std::span<const NamedTensor> parameters,
              const std::array<const char*, 2>& moments);

    virtual void update_on_cpu(const Slot& slot) = 0;
    /// On any device.
    virtual void update_together(const Group& group) = 0;

    OptimizerOptions options_;

  private:
    std::vector<NamedTensor> parameters_;
    std::vector<NamedTensor> state_;  // three per parameter: step, first, second
};

}  // namespace mollify
