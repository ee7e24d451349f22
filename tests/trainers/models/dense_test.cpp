#include <ATen/ATen.h>
#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <torch/csrc/autograd/autograd.h>

#include <mollify/trainers/models/layers/dense.hpp>

using namespace mollify;

namespace {

at::Tensor plain(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                 Activation activation) {
    const auto sum = at::linear(x, weight, bias);
    if (activation == Activation::relu) return at::relu(sum);
    return activation == Activation::tanh ? at::tanh(sum) : sum;
}

at::Tensor random(at::IntArrayRef sizes) { return at::randn(sizes, at::kDouble).requires_grad_(); }

}  // namespace

TEST_CASE(
    "A dense layer with a staircase equals the masked product, in value and gradients, for any panels") {
    CHECK(rc::check("staircases", [] {
        const auto degree = rc::gen::inRange<std::int64_t>(-1, 6);
        auto out = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(degree));
        auto in = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(degree));
        if (*rc::gen::arbitrary<bool>()) {
            std::sort(out.begin(), out.end());
            std::sort(in.begin(), in.end());
        }
        const auto staircase = c10::make_intrusive<Staircase>(out, in, *rc::gen::inRange<std::int64_t>(1, 8));
        staircase->mask = staircase->mask.to(at::kDouble);
        const auto activation = *rc::gen::element(Activation::identity, Activation::relu, Activation::tanh);
        const auto outs = static_cast<std::int64_t>(out.size()), ins = static_cast<std::int64_t>(in.size());

        const auto x = random({3, ins}), bias = random({outs});
        const auto weight = (at::randn({outs, ins}, at::kDouble) * staircase->mask).requires_grad_();
        const auto value = dense(x, weight, bias, activation, staircase);
        const auto expected = plain(x, weight * staircase->mask, bias, activation);
        RC_ASSERT(at::allclose(value, expected));

        const auto direction = at::randn_like(value).detach();
        const auto gradients = torch::autograd::grad({value}, {x, weight, bias}, {direction});
        const auto wanted = torch::autograd::grad({expected}, {x, weight, bias}, {direction});
        for (std::size_t i = 0; i < wanted.size(); ++i) RC_ASSERT(at::allclose(gradients[i], wanted[i]));
    }));
}

TEST_CASE("A dense layer without a staircase equals LibTorch's linear and activation") {
    for (const auto activation : {Activation::identity, Activation::relu, Activation::tanh}) {
        const auto x = random({5, 4}), weight = random({3, 4}), bias = random({3});
        const auto value = dense(x, weight, bias, activation);
        const auto expected = plain(x, weight, bias, activation);
        CHECK(at::allclose(value, expected));
        const auto gradients = torch::autograd::grad({value.sum()}, {x, weight, bias});
        const auto wanted = torch::autograd::grad({expected.sum()}, {x, weight, bias});
        for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(at::allclose(gradients[i], wanted[i]));
    }
}

TEST_CASE("Panels of a triangular matrix leave out three eighths of a 4-panel product") {
    std::vector<std::int64_t> degrees(512);
    for (std::int64_t k = 0; k < 512; ++k) degrees[k] = k;
    const Staircase staircase(degrees, degrees, 128);
    std::int64_t entries = 0;
    for (const auto& [row, rows, full, columns] : staircase.panels) {
        CHECK(full == row + 1);
        entries += rows * columns;
    }
    CHECK(entries == 512 * 512 * 5 / 8);
}
