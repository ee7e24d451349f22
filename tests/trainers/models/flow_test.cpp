#include <cmath>
#include <numbers>

#include <ATen/ATen.h>
#include <doctest/doctest.h>
#include <torch/csrc/autograd/autograd.h>

#include <mollify/trainers/models/flow.hpp>
#include <mollify/trainers/models/flows/made.hpp>
#include <mollify/trainers/models/kinds.hpp>
#include <mollify/trainers/models/networks/initialization.hpp>

using namespace mollify;

namespace {

struct Case {
    const char* kind;
    SampleShape shape;
};
const Case kCases[] = {{"maf", SampleShape::features(5)},
                       {"realnvp", SampleShape::features(5)},
                       {"glow", SampleShape::features(5)},
                       {"image-glow", {2, 4, 4}}};

constexpr std::int64_t kHidden = 16;

std::vector<std::int64_t> batch_sizes(std::int64_t count, const SampleShape& shape) {
    if (!shape.is_image()) return {count, static_cast<std::int64_t>(shape.channels)};
    return {count, static_cast<std::int64_t>(shape.channels), static_cast<std::int64_t>(shape.height),
            static_cast<std::int64_t>(shape.width)};
}

/// A small flow in float64 whose every parameter is away from its start, so that nothing is zero or one by
/// chance.
std::unique_ptr<Flow> perturbed(const Case& example) {
    ModelOptions options{example.kind, {{"hidden", kHidden}, {"blocks", 2}, {"levels", 2}, {"depth", 2}}};
    keep_own_values(options);
    auto model = make_model(options, example.shape, 3);
    model->to(at::kDouble);
    auto generator = make_generator(4);
    const c10::NoGradGuard no_gradient;
    std::vector<NamedTensor> state;
    for (const auto& [name, tensor] : model->parameters()) {
        state.push_back({name, tensor + 0.1 * at::empty_like(tensor).normal_(0, 1, generator)});
    }
    for (const auto& [name, tensor] : model->buffers()) state.push_back({name, tensor.clone()});
    model->load(state);
    model->reestimate(at::empty(batch_sizes(64, example.shape), at::kDouble).normal_(0.3, 1.2, generator));
    model->eval();
    return std::unique_ptr<Flow>(dynamic_cast<Flow*>(model.release()));
}

at::Tensor points(const Case& example, std::int64_t count) {
    return at::empty(batch_sizes(count, example.shape), at::kDouble).normal_(0, 1, make_generator(8));
}

/// Ones for the entries that may move: not those that a MADE masks, nor what is no strict triangle of L and U.
at::Tensor free_entries(const std::string& name, const at::Tensor& parameter) {
    const auto ones = at::ones_like(parameter);
    if (name.ends_with(".L")) return at::tril(ones, -1);
    if (name.ends_with(".U")) return at::triu(ones, 1);
    constexpr std::int64_t kDims = 5;
    const auto inputs = at::arange(kDims);
    const auto hidden = at::tensor(hidden_degrees(kHidden, kDims));
    const auto seen = [&](const at::Tensor& out, const at::Tensor& in) {
        return (out.unsqueeze(1) >= in).to(at::kDouble);
    };
    if (name.ends_with("joiner.linear.weight")) return seen(hidden, inputs);
    if (name.ends_with("trunk.1.linear.weight")) return seen(hidden, hidden);
    if (name.ends_with("trunk.3.linear.weight")) return seen(at::cat({inputs, inputs}) - 1, hidden);
    return ones;
}

}  // namespace

TEST_CASE("Decoding what was encoded gives the data back") {
    for (const auto& example : kCases) {
        CAPTURE(example.kind);
        const auto flow = perturbed(example);
        const auto x = points(example, 12);
        const auto [latents, log_det] = flow->encode(x, Pass::evaluate);
        CHECK(at::allclose(flow->decode(latents), x, 1e-9, 1e-9));
        std::int64_t numbers = 0;
        for (const auto& latent : latents) numbers += latent.numel();
        CHECK(numbers == 12 * flow->latent_dims());
    }
}

TEST_CASE("The log-determinant is that of the Jacobian which autograd finds") {
    for (const auto& example : kCases) {
        CAPTURE(example.kind);
        const auto flow = perturbed(example);
        const auto x = points(example, 1).requires_grad_();
        const auto [latents, log_det] = flow->encode(x, Pass::evaluate);
        std::vector<at::Tensor> flat;
        for (const auto& latent : latents) flat.push_back(latent.reshape({-1}));
        const auto z = at::cat(flat);
        std::vector<at::Tensor> rows;
        for (std::int64_t i = 0; i < z.size(0); ++i) {
            rows.push_back(torch::autograd::grad({z[i]}, {x}, {}, /*retain_graph=*/true)[0].reshape({-1}));
        }
        const auto expected = std::get<1>(at::slogdet(at::stack(rows))).item<double>();
        CHECK(log_det.sum().item<double>() == doctest::Approx(expected).epsilon(1e-9));
    }
}

TEST_CASE("Gradients of the loss are the slopes that finite differences find") {
    for (const auto& example : kCases) {
        CAPTURE(example.kind);
        const auto flow = perturbed(example);
        flow->train();
        const auto x = points(example, 8);
        flow->loss(x).backward();
        auto generator = make_generator(9);
        for (const auto& [name, parameter] : flow->parameters()) {
            CAPTURE(name);
            const c10::NoGradGuard no_gradient;
            const auto gradient = parameter.grad();
            const auto direction =
                at::empty_like(parameter).normal_(0, 1, generator) * free_entries(name, parameter);
            const auto original = parameter.detach().clone();
            const double step = 1e-6;
            parameter.copy_(original + step * direction);
            const auto above = flow->loss(x).item<double>();
            parameter.copy_(original - step * direction);
            const auto below = flow->loss(x).item<double>();
            parameter.copy_(original);
            const auto slope = (gradient * direction).sum().item<double>();
            CHECK(std::abs((above - below) / (2 * step) - slope) <= 1e-6 * std::max(1.0, std::abs(slope)));
        }
    }
}

TEST_CASE("The score is the slope of the log-likelihood in x") {
    for (const auto& example : kCases) {
        CAPTURE(example.kind);
        const auto flow = perturbed(example);
        const auto x = points(example, 3).requires_grad_();
        const auto score = torch::autograd::grad({flow->log_likelihood(x).sum()}, {x})[0];
        const c10::NoGradGuard no_gradient;
        const auto direction = at::empty_like(x).normal_(0, 1, make_generator(10));
        const auto slope = (flow->log_likelihood(x + 1e-6 * direction).sum() -
                            flow->log_likelihood(x - 1e-6 * direction).sum()) /
                           2e-6;
        CHECK(slope.item<double>() ==
              doctest::Approx((score * direction).sum().item<double>()).epsilon(1e-6));
    }
}

TEST_CASE("The density of a flow on the plane integrates to one") {
    for (const char* kind : {"maf", "realnvp", "glow"}) {
        CAPTURE(kind);
        const auto flow = perturbed({kind, SampleShape::features(2)});
        const c10::NoGradGuard no_gradient;
        const double reach = 20, step = 0.05;
        const auto axis = at::arange(-reach, reach, step, at::kDouble);
        const auto grid = at::cartesian_prod({axis, axis});
        CHECK(flow->log_likelihood(grid).exp().sum().item<double>() * step * step ==
              doctest::Approx(1).epsilon(1e-3));
    }
}

TEST_CASE("Samples depend on the generator's seed alone and have the model's shape") {
    for (const auto& example : kCases) {
        CAPTURE(example.kind);
        const auto flow = perturbed(example);
        const auto samples = flow->sample(7, make_generator(1));
        CHECK(samples.sizes().vec() == batch_sizes(7, example.shape));
        CHECK_FALSE(samples.requires_grad());
        CHECK(at::equal(samples, flow->sample(7, make_generator(1))));
        CHECK_FALSE(at::equal(samples, flow->sample(7, make_generator(2))));
    }
}

TEST_CASE("The mean log-likelihood of a flow's own samples is minus its entropy, found through the latents") {
    // E[log p(x)] = E[log N(z)] - E[log|det dx/dz|]: with the same latents both sides must agree sample by
    // sample.
    const Case example = kCases[2];
    const auto flow = perturbed(example);
    const auto x = flow->sample(64, make_generator(1));
    const auto [latents, log_det] = flow->encode(x, Pass::evaluate);
    const auto z = at::empty({64, 5}).normal_(0, 1, make_generator(1)).to(at::kDouble);
    CHECK(at::allclose(latents[0], z, 1e-6, 1e-6));
    const auto normal = -0.5 * z.square().sum(1) - 2.5 * std::log(2 * std::numbers::pi);
    CHECK(at::allclose(flow->log_likelihood(x), normal + log_det, 1e-6, 1e-6));
}

TEST_CASE(
    "Training passes leave the kept statistics alone, and re-estimation does not depend on earlier ones") {
    const auto flow = perturbed(kCases[0]);
    const auto statistic = [&] { return flow->buffers()[0].tensor.clone(); };
    const auto before = statistic();
    flow->train();
    flow->loss(points(kCases[0], 20) + 5).backward();
    CHECK(at::equal(before, statistic()));
    flow->reestimate(points(kCases[0], 20) + 5);
    const auto once = statistic();
    CHECK_FALSE(at::equal(before, once));
    flow->reestimate(points(kCases[0], 20) + 5);
    CHECK(at::equal(once, statistic()));
}
