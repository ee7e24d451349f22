#include <algorithm>
#include <vector>

#include <ATen/ATen.h>

#include <mollify/trainers/models/layers/made.hpp>

namespace mollify {
namespace {

// Four panels of the usual 512 units: finer ones leave out more zeros, in products that are less efficient.
constexpr std::int64_t kPanelRows = 128;

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

StaircasePtr staircase(const std::vector<std::int64_t>& out, const std::vector<std::int64_t>& in) {
    return c10::make_intrusive<Staircase>(out, in, kPanelRows);
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
      joiner_(scope / "joiner" / "linear", dims, hidden, Activation::relu, generator,
              staircase(hidden_degrees(hidden, dims), input_degrees(dims))),
      middle_(scope / "trunk" / "1" / "linear", hidden, hidden, Activation::relu, generator,
              staircase(hidden_degrees(hidden, dims), hidden_degrees(hidden, dims))),
      last_(scope / "trunk" / "3" / "linear", hidden, 2 * dims, Activation::identity, generator,
            staircase(output_degrees(dims), hidden_degrees(hidden, dims))) {}

at::Tensor Made::conditioner(const at::Tensor& x) const { return last_(middle_(joiner_(x))); }

Transformed Made::forward(const at::Tensor& x, Pass) const {
    const auto output = conditioner(x);
    const auto shift = output.narrow(1, 0, dims_);
    const auto log_scale = output.narrow(1, dims_, dims_);
    return {(x - shift) * at::exp(-log_scale), -log_scale.sum(1)};
}

at::Tensor Made::inverse(const at::Tensor& u) const {
    auto x = at::zeros_like(u);
    for (std::int64_t i = 0; i < dims_; ++i) {
        const auto output = conditioner(x);
        x.select(1, i).copy_(u.select(1, i) * at::exp(output.select(1, dims_ + i)) + output.select(1, i));
    }
    return x;
}

void Made::loaded() const {
    for (const auto* layer : {&joiner_, &middle_, &last_}) layer->mask_weight();
}

}  // namespace mollify
