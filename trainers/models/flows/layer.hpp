#pragma once
/// \file One invertible layer of a flow.

#include <ATen/core/Tensor.h>

namespace mollify {

/// Why data is sent through a flow, which decides the statistics that its layers use and set.
enum class Pass {
    train,       ///< statistics of the batch; none are kept
    evaluate,    ///< kept statistics
    reestimate,  ///< statistics of the batch, which are kept for later
    initialise   ///< as train; layers with a data-dependent start take it from this batch
};

/// A value and what the map there did to volumes.
struct Transformed {
    at::Tensor value;
    at::Tensor
        log_det;  ///< log|det ∂value/∂x| in nats: shape N, or a scalar where it is the same for all samples
};

/// An invertible map between data (x) and latents (z).
class Layer {
  public:
    virtual ~Layer() = default;

    /// From data to latents.
    virtual Transformed forward(const at::Tensor& x, Pass pass) const = 0;
    /// From latents to data, with the statistics that Pass::evaluate uses; call it without gradient mode.
    virtual at::Tensor inverse(const at::Tensor& z) const = 0;
    /// Restores constraints after parameters were loaded.
    virtual void loaded() const {}
};

}  // namespace mollify
