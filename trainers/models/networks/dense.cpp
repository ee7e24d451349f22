#include <algorithm>
#include <bit>
#include <cstdint>

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <mollify/trainers/models/networks/dense.hpp>
#include <mollify/trainers/models/networks/initialization.hpp>
#include <mollify/trainers/models/networks/once_differentiable.hpp>

namespace mollify {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Rows whose inner values are in memory at once where no gradient will ask for them: 64 MiB at two hidden layers of
/// 512 units. More rows, such as a whole table's for re-estimation, go one part after the other.
constexpr std::int64_t kRowsAtOnce = 16'384;

/// tanh x = 1 - 2/(2^y + 1) with y = 2x/ln 2, to an absolute error of 1.8e-7. In LibTorch's own operations it is a
/// fiftieth of a RealNVP's step more.
[[gnu::target_clones("avx512f", "avx2", "default")]] void tanh_in_place(float* __restrict x, std::int64_t n) {
    constexpr float kRound = 0x1.8p23f;  // y + kRound holds the nearest whole number of y in its last bits
    for (std::int64_t i = 0; i < n; ++i) {
        const float y = std::min(std::max(x[i], -10.f), 10.f) * 0x1.715476p+1f;
        const float shifted = y + kRound;
        const float f = y - (shifted - kRound);
        // 2^f for |f| ≤ 1/2, interpolated at Chebyshev's points: relative error 1.9e-8
        float power = 0x1.444p-13f;
        for (const float c :
             {0x1.5f48cp-10f, 0x1.3b2a1cp-7f, 0x1.c6aeccp-5f, 0x1.ebfbep-3f, 0x1.62e43p-1f, 1.f}) {
            power = power * f + c;
        }
        power = std::bit_cast<float>(std::bit_cast<std::int32_t>(power) +
                                     (std::bit_cast<std::int32_t>(shifted) << 23));
        x[i] = 1 - 2 / (power + 1);
    }
}

void activate_(at::Tensor& values, Activation activation) {
    if (activation == Activation::relu) values.relu_();
    if (activation == Activation::tanh) {
        if (values.is_cpu() && values.scalar_type() == at::kFloat && values.is_contiguous()) {
            tanh_in_place(values.data_ptr<float>(), values.numel());
        } else {
            values.tanh_();
        }
    }
}

/// Turns the gradient after the activation into that before it, by the activation's own output.
void through_activation_(at::Tensor& gradient, const at::Tensor& output, Activation activation) {
    if (activation == Activation::relu) at::threshold_backward_out(gradient, gradient, output, 0);
    if (activation == Activation::tanh) at::tanh_backward_out(gradient, gradient, output);
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

}  // namespace

class Mlp::Function : public torch::autograd::Function<Mlp::Function> {
  public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, at::TensorList parameters,
                              const c10::intrusive_ptr<Layers>& layers) {
        const at::AutoDispatchBelowADInplaceOrView
            past_autograd;  // this node stands for all that happens here
        variable_list saved{x};
        for (std::size_t i = 0; i < layers->list.size(); ++i) {
            const auto& layer = layers->list[i];
            const auto &weight = parameters[2 * i], &bias = parameters[2 * i + 1];
            auto output = product(saved.back(), weight, bias, layer.staircase.get());
            activate_(output, layer.activation);
            saved.insert(saved.end(), {weight, output});
        }
        const auto result = saved.back();
        if (layers->list.back().activation == Activation::identity) saved.pop_back();  // nobody asks for it
        context->save_for_backward(std::move(saved));
        context->saved_data["layers"] = c10::IValue::make_capsule(layers);
        return result;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        once_differentiable("dense layers");
        const at::AutoDispatchBelowADInplaceOrView past_autograd;
        const auto capsule = context->saved_data.find("layers")->second.toCapsule();
        const auto& layers = static_cast<const Layers*>(capsule.get())->list;
        const auto saved = context->get_saved_variables();
        variable_list results(2 + 2 * layers.size());
        const bool activated = layers.back().activation != Activation::identity;
        auto gradient =
            activated ? gradients[0].clone(at::MemoryFormat::Contiguous) : gradients[0].contiguous();
        for (auto i = layers.size(); i-- > 0;) {
            const auto &input = saved[2 * i], &weight = saved[2 * i + 1];
            const auto* staircase = layers[i].staircase.get();
            if (layers[i].activation != Activation::identity)
                through_activation_(gradient, saved[2 * i + 2], layers[i].activation);
            if (context->needs_input_grad(1 + 2 * i))
                results[1 + 2 * i] = weight_gradient(gradient, input, staircase);
            if (context->needs_input_grad(2 + 2 * i)) results[2 + 2 * i] = gradient.sum(0);
            if (i > 0 || context->needs_input_grad(0)) gradient = input_gradient(gradient, weight, staircase);
        }
        if (context->needs_input_grad(0)) results[0] = std::move(gradient);
        return results;
    }
};

Mlp::Mlp(std::vector<Dense> layers) : layers_(c10::make_intrusive<Layers>(std::move(layers))) {
    for (const auto& layer : layers_->list) parameters_.insert(parameters_.end(), {layer.weight, layer.bias});
}

at::Tensor Mlp::operator()(const at::Tensor& x) const {
    const auto apply = [&](const at::Tensor& rows) {
        return Function::apply(rows, at::TensorList(parameters_), layers_);
    };
    if (c10::GradMode::is_enabled() || x.size(0) <= kRowsAtOnce) return apply(x);
    std::vector<at::Tensor> parts;
    for (const auto& rows : x.split(kRowsAtOnce)) parts.push_back(apply(rows));
    return at::cat(parts);
}

void Mlp::mask_weights() const {
    for (const auto& layer : layers_->list) layer.mask_weight();
}

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

Dense Dense::orthogonal(const Scope& scope, std::int64_t in, std::int64_t out, Activation activation,
                        at::Generator generator, StaircasePtr staircase) {
    Dense layer{scope.parameter("weight", mollify::orthogonal(out, in, std::move(generator))),
                scope.parameter("bias", at::zeros({out})), activation, std::move(staircase)};
    if (layer.staircase) layer.staircase->mask = scope.constant(layer.staircase->mask);
    layer.mask_weight();
    return layer;
}

void Dense::mask_weight() const {
    if (!staircase) return;
    const c10::NoGradGuard no_gradient;
    weight.mul_(staircase->mask);
}

}  // namespace mollify
