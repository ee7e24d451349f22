#include <cmath>
#include <fstream>
#include <numbers>
#include <string>

#include <ATen/ATen.h>
#include <doctest/doctest.h>
#include <torch/csrc/autograd/autograd.h>

#include <mollify/stages/error.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/trainers/models/flow.hpp>
#include <mollify/trainers/models/flows/batch_norm.hpp>
#include <mollify/trainers/models/flows/coupling.hpp>
#include <mollify/trainers/models/flows/lu_matrix.hpp>
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
        CHECK(numbers == 12 * static_cast<std::int64_t>(flow->shape().elements()));
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

TEST_CASE("Second derivatives, of which saved values would be missing, are refused") {
    for (const auto& example : kCases) {
        if (example.shape.is_image()) continue;  // its layers are LibTorch's, but for the matrix: see below
        CAPTURE(example.kind);
        for (const bool training : {false, true}) {
            const auto flow = perturbed(example);
            flow->train(training);
            const auto x = points(example, 4).requires_grad_();
            const auto value = flow->log_likelihood(x).sum();
            CHECK_THROWS_WITH_AS(
                torch::autograd::grad({value}, {x}, {}, /*retain_graph=*/true, /*create_graph=*/true),
                doctest::Contains("create_graph = false"), Error);
            CHECK_NOTHROW(torch::autograd::grad({value}, {x}));
        }
    }
}

TEST_CASE("Each layer with a backward function of its own refuses second derivatives by its name") {
    const auto dims = std::int64_t{3};
    const auto message = [&](const auto& layer, const at::Tensor& parameter) {
        const auto x = at::randn({4, dims}).requires_grad_();
        const auto [value, log_det] = layer.forward(x, Pass::train);
        return test::message_of<Error>([&] {
            // Through the parameter, so that the layer's own node is the first that is reached.
            torch::autograd::grad({value.sum() + log_det.sum()}, {parameter}, {}, /*retain_graph=*/true,
                                  /*create_graph=*/true);
        });
    };
    TensorRegistry registry;
    const Scope scope(registry);
    const auto generator = make_generator(1);
    const auto last = [&] { return registry.parameters().back().tensor; };
    const BatchNorm batch_norm(scope / "batch_norm", dims);
    CHECK(message(batch_norm, last()).find("a batch normalisation") != std::string::npos);
    const LuLayer lu(scope / "lu", dims, generator);
    const auto upper = registry.parameters().at(registry.parameters().size() - 2);
    REQUIRE(upper.name == "lu.U");
    CHECK(message(lu, upper.tensor).find("an LU matrix") != std::string::npos);
    const Made made(scope / "made", dims, 4, generator);
    CHECK(message(made, last()).find("a MADE") != std::string::npos);
    const Coupling coupling(scope / "coupling", dims, 4, 0, generator);
    CHECK(message(coupling, last()).find("a coupling") != std::string::npos);
}

TEST_CASE("A batch of one row is refused where its variance would be divided by, and evaluated") {
    for (const auto& example : kCases) {
        if (example.shape.is_image()) continue;
        CAPTURE(example.kind);
        const auto flow = perturbed(example);
        const auto one = points(example, 1);
        CHECK(std::isfinite(flow->log_likelihood(one).item<double>()));
        flow->train();
        CHECK_THROWS_WITH_AS(flow->loss(one), doctest::Contains("a batch of one row"), Error);
        CHECK_THROWS_WITH_AS(flow->reestimate(one), doctest::Contains("a batch of one row"), Error);
        CHECK_NOTHROW(flow->loss(points(example, 2)));
    }
    const auto deepest_of_one_pixel =
        make_model({"image-glow", {{"hidden", 4}, {"levels", 2}, {"depth", 1}}}, {2, 4, 4}, 1);
    CHECK_THROWS_WITH_AS(deepest_of_one_pixel->initialise(at::randn({1, 2, 4, 4})),
                         doctest::Contains("one pixel"), Error);
    CHECK_NOTHROW(deepest_of_one_pixel->initialise(at::randn({2, 2, 4, 4})));
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

namespace {

/// A line of /proc/self/status in bytes.
std::int64_t memory(const std::string& key) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        std::int64_t kibibytes = 0;
        if (word == key + ":" && status >> kibibytes) return 1024 * kibibytes;
    }
    return -1;
}

}  // namespace

TEST_CASE("Re-estimation of a large table takes memory by its features, not by the model's width") {
    constexpr std::int64_t kRows = 200'000, kDims = 2, kWidth = 256;
    const auto x = at::empty({kRows, kDims}).normal_(0.3, 1.2, make_generator(7));
    for (const char* kind : {"maf", "realnvp", "glow"}) {
        CAPTURE(kind);
        const auto model =
            make_model({kind, {{"hidden", kWidth}, {"blocks", 2}}}, SampleShape::features(kDims), 3);
#ifdef __SANITIZE_ADDRESS__
        // What is freed stays in the sanitizer's quarantine of 256 MB: filled now, it counts as there before.
        for (int chunk = 0; chunk < 80; ++chunk) at::zeros({std::int64_t{1} << 20});
#endif
        std::ofstream("/proc/self/clear_refs") << 5;  // VmHWM, the peak, begins anew from here: proc(5)
        const auto before = memory("VmRSS");
        REQUIRE(before > 0);
        model->reestimate(x);
        // 16,384 rows of two hidden layers, with what is made beside them and a few copies of the table, instead of
        // the 400 MB that are the inner values of all rows.
        CHECK(memory("VmHWM") - before < 160'000'000);
    }
}

TEST_CASE("Statistics of a table in several parts are those of the whole in float64") {
    constexpr std::int64_t kRows = 40'000;
    const auto x = at::empty({kRows, 3}).normal_(0.3, 1.2, make_generator(7));
    for (const char* kind : {"maf", "realnvp", "glow"}) {
        CAPTURE(kind);
        const ModelOptions options{kind, {{"hidden", kHidden}, {"blocks", 2}}};
        const auto model = make_model(options, SampleShape::features(3), 3);
        const auto exact = make_model(options, SampleShape::features(3), 3);
        exact->to(at::kDouble);
        model->reestimate(x);
        const auto rows = x.to(at::kDouble);
        {
            const c10::AutoGradMode whole(true);  // with a graph there are no parts
            dynamic_cast<Flow&>(*exact).encode(rows, Pass::reestimate);
        }
        for (std::size_t i = 0; i < model->buffers().size(); ++i) {
            CAPTURE(model->buffers()[i].name);
            CHECK(at::allclose(model->buffers()[i].tensor.to(at::kDouble), exact->buffers()[i].tensor, 1e-5,
                               1e-5));
        }
    }
}
