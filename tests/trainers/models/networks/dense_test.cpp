#include <cmath>
#include <limits>

#include <ATen/ATen.h>
#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <torch/csrc/autograd/autograd.h>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/models/networks/dense.hpp>

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
        const auto value = Mlp({{weight, bias, activation, staircase}})(x);
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
        const auto value = Mlp({{weight, bias, activation}})(x);
        const auto expected = plain(x, weight, bias, activation);
        CHECK(at::allclose(value, expected));
        const auto gradients = torch::autograd::grad({value.sum()}, {x, weight, bias});
        const auto wanted = torch::autograd::grad({expected.sum()}, {x, weight, bias});
        for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(at::allclose(gradients[i], wanted[i]));
    }
}

TEST_CASE("Dense layers one after the other equal LibTorch's, in value and gradients") {
    const auto x = random({5, 4}), w1 = random({6, 4}), b1 = random({6}), w2 = random({7, 6}),
               b2 = random({7}), w3 = random({3, 7}), b3 = random({3});
    for (const auto last : {Activation::identity, Activation::relu, Activation::tanh}) {
        const auto value = Mlp({{w1, b1, Activation::tanh}, {w2, b2, Activation::relu}, {w3, b3, last}})(x);
        const auto expected =
            plain(plain(plain(x, w1, b1, Activation::tanh), w2, b2, Activation::relu), w3, b3, last);
        CHECK(at::allclose(value, expected));
        const auto direction = at::randn_like(value).detach();
        const auto kept = direction.clone();
        const auto gradients = torch::autograd::grad({value}, {x, w1, b1, w2, b2, w3, b3}, {direction});
        const auto wanted = torch::autograd::grad({expected}, {x, w1, b1, w2, b2, w3, b3}, {direction});
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            CAPTURE(i);
            CHECK(at::allclose(gradients[i], wanted[i]));
        }
        CHECK(at::equal(direction, kept));  // backward writes into memory of its own
    }
}

TEST_CASE(
    "The tanh of a layer is right to two units in the last place of 1, where it is flat too, and NaN stays") {
    const auto infinity = std::numeric_limits<float>::infinity();
    const auto x =
        at::cat({at::linspace(-12, 12, 100'001), at::tensor({-infinity, infinity, -1e30f, 1e30f, 1e-30f})});
    const auto tanh = [](const at::Tensor& values) {
        return Mlp({{at::ones({1, 1}), at::zeros({1}), Activation::tanh}})(values.unsqueeze(1)).squeeze(1);
    };
    const auto error = (tanh(x).to(at::kDouble) - at::tanh(x.to(at::kDouble))).abs().max().item<double>();
    CHECK(error <= 0x1p-22);
    CHECK(std::isnan(tanh(at::tensor({std::nanf("")})).item<float>()));
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

TEST_CASE("Dense layers refuse second derivatives") {
    const auto x = random({5, 4}), weight = random({3, 4}), bias = random({3});
    const auto value = Mlp({{weight, bias, Activation::tanh}})(x).sum();
    CHECK_THROWS_WITH_AS(
        torch::autograd::grad({value}, {x}, {}, /*retain_graph=*/true, /*create_graph=*/true),
        doctest::Contains("second derivatives through dense layers"), Error);
    CHECK_NOTHROW(torch::autograd::grad({value}, {x}));
}

TEST_CASE("Without a graph many rows go in parts, and few give the same bits as with one") {
    const auto weight = random({3, 4}), bias = random({3});
    const Mlp mlp({{weight, bias, Activation::relu}});
    for (const std::int64_t rows : {0, 1, 16'384, 16'385, 40'000}) {
        CAPTURE(rows);
        const auto x = at::randn({rows, 4}, at::kDouble);
        const auto expected = mlp(x).detach();
        const c10::NoGradGuard no_gradient;
        const auto value = mlp(x);
        CHECK(at::allclose(value, expected, 1e-12, 1e-12));
        if (rows <= 16'384) CHECK(at::equal(value, expected));
    }
}
