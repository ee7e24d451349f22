#include <algorithm>

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <mollify/trainers/models/initialization.hpp>
#include <mollify/trainers/models/layers/dense.hpp>

namespace mollify {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

void activate_(at::Tensor& values, Activation activation) {
    if (activation == Activation::relu) values.relu_();
    if (activation == Activation::tanh) values.tanh_();
}

/// The gradient before the activation from that after it, by the activation's own output.
at::Tensor through_activation(const at::Tensor& gradient, const at::Tensor& output, Activation activation) {
    if (activation == Activation::relu) return at::threshold_backward(gradient, output, 0);
    if (activation == Activation::tanh) return at::tanh_backward(gradient, output);
    return gradient.contiguous();
}

at::Tensor product(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                   const Staircase* staircase) {
    if (!staircase) return at::addmm(bias, x, weight.t());
    auto output = at::empty({x.size(0), weight.size(0)}, x.options());
    for (const auto& [row, rows, full, columns] : staircase->panels) {
        auto panel = output.narrow(1, row, rows);
        at::addmm_out(panel, bias.narrow(0, row, rows), x.narrow(1, 0, columns),
                      weight.narrow(0, row, rows).narrow(1, 0, columns).t());
    }
    return output;
}

at::Tensor input_gradient(const at::Tensor& gradient, const at::Tensor& weight, const Staircase* staircase) {
    if (!staircase) return at::mm(gradient, weight);
    auto result = at::zeros({gradient.size(0), weight.size(1)}, gradient.options());
    for (const auto& [row, rows, full, columns] : staircase->panels) {
        result.narrow(1, 0, columns)
            .addmm_(gradient.narrow(1, row, rows), weight.narrow(0, row, rows).narrow(1, 0, columns));
    }
    return result;
}

at::Tensor weight_gradient(const at::Tensor& gradient, const at::Tensor& x, const Staircase* staircase) {
    if (!staircase) return at::mm(gradient.t(), x);
    auto result = at::empty({gradient.size(1), x.size(1)}, x.options());
    for (const auto& [row, rows, full, columns] : staircase->panels) {
        const auto band = result.narrow(0, row, rows);
        auto seen = band.narrow(1, 0, columns);
        at::mm_out(seen, gradient.narrow(1, row, rows).t(), x.narrow(1, 0, columns));
        band.narrow(1, full, columns - full)
            .mul_(staircase->mask.narrow(0, row, rows).narrow(1, full, columns - full));
        band.narrow(1, columns, x.size(1) - columns).zero_();
    }
    return result;
}

class DenseFunction : public torch::autograd::Function<DenseFunction> {
  public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                              const at::Tensor& bias, Activation activation, const StaircasePtr& staircase) {
        auto output = product(x, weight, bias, staircase.get());
        activate_(output, activation);
        context->save_for_backward({x, weight, output});
        context->saved_data["activation"] = static_cast<std::int64_t>(activation);
        if (staircase) context->saved_data["staircase"] = c10::IValue::make_capsule(staircase);
        return output;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const auto saved = context->get_saved_variables();
        const auto& [x, weight, output] = std::tie(saved[0], saved[1], saved[2]);
        const auto staircase = context->saved_data.find("staircase");
        const auto* stairs = staircase == context->saved_data.end()
                                 ? nullptr
                                 : static_cast<const Staircase*>(staircase->second.toCapsule().get());
        const auto activation = static_cast<Activation>(context->saved_data["activation"].toInt());
        const auto gradient = through_activation(gradients[0], output, activation);
        variable_list results(5);
        if (context->needs_input_grad(0)) results[0] = input_gradient(gradient, weight, stairs);
        if (context->needs_input_grad(1)) results[1] = weight_gradient(gradient, x, stairs);
        if (context->needs_input_grad(2)) results[2] = gradient.sum(0);
        return results;
    }
};

}  // namespace

Staircase::Staircase(std::span<const std::int64_t> out_degrees, std::span<const std::int64_t> in_degrees,
                     std::int64_t panel_rows) {
    const auto outs = static_cast<std::int64_t>(out_degrees.size());
    const auto ins = static_cast<std::int64_t>(in_degrees.size());
    mask = at::empty({outs, ins});
    auto entries = mask.accessor<float, 2>();
    for (std::int64_t o = 0; o < outs; ++o) {
        for (std::int64_t i = 0; i < ins; ++i) entries[o][i] = out_degrees[o] >= in_degrees[i] ? 1.f : 0.f;
    }
    for (std::int64_t row = 0; row < outs; row += panel_rows) {
        const auto rows = std::min(panel_rows, outs - row);
        const auto degrees = out_degrees.subspan(row, rows);
        const auto [least, most] = std::minmax_element(degrees.begin(), degrees.end());
        std::int64_t full = 0;
        while (full < ins && in_degrees[full] <= *least) ++full;
        std::int64_t columns = ins;
        while (columns > full && in_degrees[columns - 1] > *most) --columns;
        panels.push_back({row, rows, full, columns});
    }
}

at::Tensor dense(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, Activation activation,
                 const StaircasePtr& staircase) {
    return DenseFunction::apply(x, weight, bias, activation, staircase);
}

Dense::Dense(const Scope& scope, std::int64_t in, std::int64_t out, Activation activation,
             at::Generator generator, StaircasePtr staircase)
    : activation_(activation),
      staircase_(std::move(staircase)),
      weight_(scope.parameter("weight", orthogonal(out, in, std::move(generator)))),
      bias_(scope.parameter("bias", at::zeros({out}))) {
    if (staircase_) {
        staircase_->mask = scope.constant(staircase_->mask);
        mask_weight();
    }
}

void Dense::mask_weight() const {
    if (!staircase_) return;
    const c10::NoGradGuard no_gradient;
    weight_.mul_(staircase_->mask);
}

}  // namespace mollify
