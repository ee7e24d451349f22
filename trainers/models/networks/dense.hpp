#pragma once
/// \file A dense layer, of which whole parts may be known to be zero.

#include <cstdint>
#include <span>
#include <vector>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include <mollify/trainers/tensors/registry.hpp>

namespace mollify {

enum class Activation { identity, relu, tanh };

/// Which entries of an out×in weight matrix are not zero, for matrices that are a staircase: output o may see
/// input i where degree(o) ≥ degree(i), with degrees (nearly) in ascending order.
///
/// The rows are cut into panels, and a panel reaches only to its last column that is seen at all. So matrix
/// products leave out most of what is zero; in a triangular 512×512 matrix with four panels, 3/8 of the work.
struct Staircase : torch::CustomClassHolder {
    struct Panel {
        std::int64_t row;      ///< first row
        std::int64_t rows;     ///< number of rows
        std::int64_t full;     ///< leading columns that all rows of the panel see
        std::int64_t columns;  ///< leading columns that any row of the panel sees; the others are zero
    };

    /// \param panel_rows rows of a panel, at least 1
    Staircase(std::span<const std::int64_t> out_degrees, std::span<const std::int64_t> in_degrees,
              std::int64_t panel_rows);

    at::Tensor mask;  ///< out×in, ones and zeros
    std::vector<Panel> panels;
};

using StaircasePtr = c10::intrusive_ptr<Staircase>;

/// activation(x·Wᵀ + b) for x of N×in. With a staircase, W's masked entries must be zero; their gradients are.
struct Dense {
    at::Tensor weight;  ///< W, out×in
    at::Tensor bias;    ///< b, out
    Activation activation = Activation::identity;
    StaircasePtr staircase = {};

    /// A layer whose parameters `weight` and `bias` are entered in `scope`: weights orthogonal with gain 1, then
    /// masked; biases zero.
    static Dense orthogonal(const Scope& scope, std::int64_t in, std::int64_t out, Activation activation,
                            at::Generator generator, StaircasePtr staircase = {});
    /// Sets the masked entries of the weight to zero.
    void mask_weight() const;
};

/// Dense layers one after the other, as one node of the autograd graph (once differentiable).
class Mlp {
  public:
    /// \param layers at least one, each with as many inputs as the one before it has outputs
    explicit Mlp(std::vector<Dense> layers);

    /// For x of N×in of the first layer: N×out of the last. Without gradient mode its memory beside x and the
    /// result does not grow with N.
    at::Tensor operator()(const at::Tensor& x) const;
    /// Sets the masked entries of all weights to zero.
    void mask_weights() const;

  private:
    struct Layers : torch::CustomClassHolder {  // what a node of the graph shares with its backward pass
        explicit Layers(std::vector<Dense> all) : list(std::move(all)) {}
        std::vector<Dense> list;
    };
    class Function;

    c10::intrusive_ptr<Layers> layers_;
    std::vector<at::Tensor> parameters_;  // weight and bias of each layer: handles
};

}  // namespace mollify
