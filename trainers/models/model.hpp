#pragma once
/// \file What training, evaluation and sampling know of a model: flows today, anything with a likelihood
/// tomorrow.

#include <cstdint>
#include <span>
#include <string>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <mollify/stages/shape.hpp>
#include <mollify/trainers/tensors/named_tensor.hpp>
#include <mollify/trainers/tensors/registry.hpp>

namespace mollify {

/// A density model of samples of one shape. A batch x is a tensor of the model's device and dtype, N×D for
/// table rows and N×C×H×W for images.
///
/// Not thread-safe. A model that draws random numbers in loss() or log_likelihood() takes them from
/// LibTorch's default generator of its device, so that whoever seeds that per iteration can resume a training
/// exactly.
class Model {
  public:
    virtual ~Model() = default;
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;

    /// Kind of model, as model_kinds() lists it.
    virtual std::string name() const = 0;
    /// Of one sample.
    const SampleShape& shape() const { return shape_; }

    /// The scalar to minimise, with a graph: the mean negative log-likelihood of the batch in nats, or an
    /// upper bound of it. In training mode.
    virtual at::Tensor loss(const at::Tensor& x) = 0;
    /// Per sample, in nats, shape N; a lower bound where the model has no exact one. Differentiable in x,
    /// which gives the score.
    virtual at::Tensor log_likelihood(const at::Tensor& x) = 0;
    /// `count` samples without a graph, by numbers drawn from a CPU generator, so that a seed gives the same
    /// samples on each device up to rounding. They may hold non-finite values: a flow's inverse can overflow.
    virtual at::Tensor sample(std::int64_t count, at::Generator generator) = 0;

    /// Data-dependent initialisation: call once with the first batch, before the first loss(), and not on
    /// resuming.
    virtual void initialise(const at::Tensor& /*first_batch*/) {}
    /// Whether evaluation uses statistics of the training data, which reestimate() sets.
    virtual bool needs_reestimation() const { return false; }
    /// Sets those statistics from the whole, clean (not mollified) training set, given as one batch. Call it
    /// before evaluating, sampling or saving. The memory it takes is a few times that of `clean`, whatever the
    /// width of the model.
    virtual void reestimate(const at::Tensor& /*clean*/) {}

    /// Fewest rows that a batch of loss() may have. Models that normalise by the batch's own statistics need two: one
    /// row has no variance.
    virtual std::size_t least_rows() const { return needs_reestimation() ? 2 : 1; }

    /// Training mode or evaluation mode; a new model is in training mode.
    void train(bool on = true) { training_ = on; }
    void eval() { train(false); }
    bool training() const { return training_; }

    /// Trained tensors, in an order that never changes.
    std::span<const NamedTensor> parameters() const { return registry_.parameters(); }
    /// Tensors that belong to the model's state and are not trained.
    std::span<const NamedTensor> buffers() const { return registry_.buffers(); }
    /// Numbers in all parameters.
    std::int64_t parameter_count() const;
    /// Sets all parameters and buffers by name; see copy_by_name() for errors. The model's own tensors stay,
    /// so an optimizer that holds them goes on.
    void load(std::span<const NamedTensor> state);

    /// Moves all tensors; make the optimizer afterwards.
    void to(at::Device device);
    void to(at::ScalarType dtype);

  protected:
    explicit Model(SampleShape shape) : shape_(shape) {}

    /// Where layers enter their tensors.
    Scope scope() { return Scope(registry_); }
    /// Called after load(), for models whose parameters obey constraints.
    virtual void loaded() {}

  private:
    SampleShape shape_;
    bool training_ = true;
    TensorRegistry registry_;
};

}  // namespace mollify
