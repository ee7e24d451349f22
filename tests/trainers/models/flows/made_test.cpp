#include <ATen/ATen.h>
#include <doctest/doctest.h>
#include <torch/csrc/autograd/autograd.h>

#include <mollify/trainers/models/flows/made.hpp>
#include <mollify/trainers/models/networks/initialization.hpp>

using namespace mollify;

TEST_CASE("Output i of a MADE depends on inputs before i alone, and on all of them") {
    for (const std::int64_t dims : {2, 3, 11}) {
        CAPTURE(dims);
        TensorRegistry registry;
        const Made made(Scope(registry), dims, /*hidden=*/300, make_generator(3));
        registry.to(at::kDouble);
        const auto x = at::randn({16, dims}, at::kDouble).requires_grad_();
        const auto u = made.forward(x, Pass::train).value;
        for (std::int64_t i = 0; i < dims; ++i) {
            const auto slope =
                torch::autograd::grad({u.select(1, i).sum()}, {x}, {}, /*retain_graph=*/true)[0];
            const auto dependence = slope.abs().sum(0);
            for (std::int64_t j = 0; j < dims; ++j) CHECK((dependence[j].item<double>() > 0) == (j <= i));
        }
    }
}

TEST_CASE("Hidden degrees are ascending and dealt out evenly over 0 to D-2") {
    const auto degrees = hidden_degrees(512, 11);
    REQUIRE(degrees.size() == 512);
    CHECK(std::is_sorted(degrees.begin(), degrees.end()));
    for (std::int64_t degree = 0; degree < 10; ++degree) {
        const auto count = std::count(degrees.begin(), degrees.end(), degree);
        CHECK(count == (degree < 2 ? 52 : 51));
    }
}

TEST_CASE("Masked weights of a MADE are zero and get no gradient, so training keeps them zero") {
    TensorRegistry registry;
    const Made made(Scope(registry), 4, /*hidden=*/24, make_generator(3));
    const auto [value, log_det] = made.forward(at::randn({8, 4}), Pass::train);
    (value.square().sum() - log_det.sum()).backward();
    // Degrees 0…2, eight units each: block (o, i) of the middle matrix is used where o ≥ i.
    const auto& middle = registry.parameters()[2];
    REQUIRE(middle.name == "trunk.1.linear.weight");
    for (int o = 0; o < 3; ++o) {
        for (int i = 0; i < 3; ++i) {
            const auto block = [&](const at::Tensor& matrix) {
                return matrix.narrow(0, 8 * o, 8).narrow(1, 8 * i, 8).abs().sum().item<float>();
            };
            CHECK((block(middle.tensor) > 0) == (o >= i));
            CHECK((block(middle.tensor.grad()) > 0) == (o >= i));
        }
    }
}
