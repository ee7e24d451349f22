#pragma once
/// \file Normalising flows: models with an exact likelihood, by an invertible map to a simple distribution.

#include <vector>

#include <mollify/trainers/models/flows/layer.hpp>
#include <mollify/trainers/models/model.hpp>

namespace mollify {

/// The latents of a batch, one tensor per level of the flow, and the map's log-determinant per sample (N).
struct Encoding {
    std::vector<at::Tensor> latents;
    at::Tensor log_det;
};

/// log p(x) = log p_base(z) + log|det ∂z/∂x| with z = encode(x); the loss is its negative mean.
class Flow : public Model {
  public:
    /// From data to latents.
    virtual Encoding encode(const at::Tensor& x, Pass pass) const = 0;
    /// From latents to data, with the kept statistics and without a graph.
    virtual at::Tensor decode(const std::vector<at::Tensor>& latents) const = 0;

    at::Tensor loss(const at::Tensor& x) override;
    at::Tensor log_likelihood(const at::Tensor& x) override;
    at::Tensor sample(std::int64_t count, at::Generator generator) override;

    void initialise(const at::Tensor& first_batch) override;
    void reestimate(const at::Tensor& clean) override;

  protected:
    using Model::Model;

    /// log p_base per sample, shape N.
    virtual at::Tensor base_log_likelihood(const std::vector<at::Tensor>& latents) const = 0;
    /// `count` draws from the base distribution, on the model's device.
    virtual std::vector<at::Tensor> draw(std::int64_t count, at::Generator generator) const = 0;
};

/// log N(z; 0, I) summed over all but the first dimension, in nats.
at::Tensor standard_normal_log_likelihood(const at::Tensor& z);

}  // namespace mollify
