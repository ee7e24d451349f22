#include <algorithm>
#include <vector>

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <mollify/trainers/models/flows/made.hpp>
#include <mollify/trainers/models/networks/once_differentiable.hpp>

namespace mollify {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Four panels of the usual 512 units: finer ones leave out more zeros, in products that are less efficient.
constexpr std::int64_t kPanelRows = 128;

/// u = (x - m)·exp(-a) and log det = -Σ a from the conditioner's output (m, a) of N×2D, as one node of the graph:
///   ∂/∂x = exp(-a),   ∂/∂m = -exp(-a),   ∂/∂a = -u;   and -1 for the log-determinant's.
class Standardize : public torch::autograd::Function<Standardize> {
  public:
    static variable_list forward(AutogradContext* context, const at::Tensor& x,
                                 const at::Tensor& conditions) {
        const auto dims = x.size(1);
        const auto log_scale = conditions.narrow(1, dims, dims);
        const auto scale = log_scale.neg().exp_();
        const auto u = (x - conditions.narrow(1, 0, dims)).mul_(scale);
        context->save_for_backward({scale, u});
        return {u, log_scale.sum(1).neg_()};
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        once_differentiable("a MADE");
        const auto saved = context->get_saved_variables();
        const auto& [scale, u] = std::tie(saved[0], saved[1]);
        const auto of_x = gradients[0] * scale;
        const auto of_log_scale = (gradients[0] * u).add_(gradients[1].unsqueeze(1));
        return {of_x, at::cat({of_x, of_log_scale}, 1).neg_()};
    }
};

std::vector<std::int64_t> input_degrees(std::int64_t dims) {
    std::vector<std::int64_t> degrees(dims);
    for (std::int64_t i = 0; i < dims; ++i) degrees[i] = i;
    return degrees;
}

/// Of m_0 … m_{D-1}, then a_0 … a_{D-1}: each sees what is strictly before it.
std::vector<std::int64_t> output_degrees(std::int64_t dims) {
    std::vector<std::int64_t> degrees(2 * dims);
    for (std::int64_t k = 0; k < 2 * dims; ++k) degrees[k] = k % dims - 1;
    return degrees;
}

StaircasePtr staircase(const std::vector<std::int64_t>& out, const std::vector<std::int64_t>& in,
                       std::int64_t panel_rows) {
    return c10::make_intrusive<Staircase>(out, in, panel_rows);
}

}  // namespace

std::vector<std::int64_t> hidden_degrees(std::int64_t count, std::int64_t dims) {
    std::vector<std::int64_t> degrees(count);
    for (std::int64_t k = 0; k < count; ++k) degrees[k] = k % (dims - 1);
    std::sort(degrees.begin(), degrees.end());
    return degrees;
}

Made::Made(const Scope& scope, std::int64_t dims, std::int64_t hidden, const at::Generator& generator)
    : dims_(dims),
      conditioner_({Dense::orthogonal(scope / "joiner" / "linear", dims, hidden, Activation::relu, generator,
                                      staircase(hidden_degrees(hidden, dims), input_degrees(dims), hidden)),
                    Dense::orthogonal(
                        scope / "trunk" / "1" / "linear", hidden, hidden, Activation::relu, generator,
                        staircase(hidden_degrees(hidden, dims), hidden_degrees(hidden, dims), kPanelRows)),
                    Dense::orthogonal(
                        scope / "trunk" / "3" / "linear", hidden, 2 * dims, Activation::identity, generator,
                        staircase(output_degrees(dims), hidden_degrees(hidden, dims), 2 * dims))}) {}

Transformed Made::forward(const at::Tensor& x, Pass) const {
    auto results = Standardize::apply(x, conditioner_(x));
    return {std::move(results[0]), std::move(results[1])};
}

at::Tensor Made::inverse(const at::Tensor& u) const {
    auto x = at::zeros_like(u);
    for (std::int64_t i = 0; i < dims_; ++i) {
        const auto output = conditioner_(x);
        x.select(1, i).copy_(u.select(1, i) * at::exp(output.select(1, dims_ + i)) + output.select(1, i));
    }
    return x;
}

void Made::loaded() const { conditioner_.mask_weights(); }

}  // namespace mollify
