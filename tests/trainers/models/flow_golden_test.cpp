// Values of published implementations: tests/golden/README.md says which, and how close float32 can come.
#include <algorithm>
#include <map>
#include <numeric>

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <mollify/tests/support/golden.hpp>
#include <mollify/trainers/models/image_glow.hpp>
#include <mollify/trainers/models/kinds.hpp>
#include <mollify/trainers/models/table_flow.hpp>

using namespace mollify;
using mollify::test::error;
using mollify::test::Golden;

namespace {

constexpr double kValue = 1e-5;
constexpr double kStatistic = 2e-6;
constexpr double kSample = 2e-5;

/// The position that each hidden unit of published MADE code, with degrees dealt out in turn, has here, where
/// units are sorted by degree.
at::Tensor unit_order(std::int64_t hidden, std::int64_t dims) {
    std::vector<std::int64_t> units(hidden);
    std::iota(units.begin(), units.end(), 0);
    std::stable_sort(units.begin(), units.end(),
                     [&](auto a, auto b) { return a % (dims - 1) < b % (dims - 1); });
    return at::tensor(units, at::kLong);
}

/// Renumbers the hidden units of a published MADE's parameter (or gradient) of this name; others stay.
at::Tensor renumbered(const std::string& name, const at::Tensor& value, const at::Tensor& order) {
    const auto ends = [&](const char* suffix) { return name.ends_with(suffix); };
    if (ends("joiner.linear.weight") || ends("joiner.linear.bias") || ends("trunk.1.linear.bias")) {
        return value.index_select(0, order);
    }
    if (ends("trunk.1.linear.weight")) return value.index_select(0, order).index_select(1, order);
    if (ends("trunk.3.linear.weight")) return value.index_select(1, order);
    return value;
}

struct TableCase {
    Golden file;
    std::unique_ptr<Model> model;
    TableFlow& flow;
    at::Tensor order;

    explicit TableCase(const std::string& kind)
        : file("uci-" + kind + ".h5"),
          model(
              make_model({kind, {{"hidden", file.attribute("hidden")}, {"blocks", file.attribute("blocks")}}},
                         SampleShape::features(file.attribute("dims")), /*seed=*/1)),
          flow(dynamic_cast<TableFlow&>(*model)),
          order(unit_order(file.attribute("hidden"), file.attribute("dims"))) {
        auto state = file.group("parameters");
        for (auto& [name, value] : state) value = renumbered(name, value, order);
        for (const auto& buffer : file.group("buffers")) state.push_back(buffer);
        for (const auto& [name, value] : flow.buffers()) {
            if (name.find("running_") != std::string::npos) state.push_back({name, value.clone()});
        }
        flow.load(state);
    }
};

void check_encoding(const Encoding& encoding, const at::Tensor& log_likelihood, const Golden& file,
                    const std::string& group) {
    CHECK(error(encoding.latents[0], file.tensor(group + "/u")) <= kValue);
    CHECK(error(encoding.log_det, file.tensor(group + "/logdet").squeeze(1)) <= kValue);
    CHECK(error(log_likelihood, file.tensor(group + "/log_prob").squeeze(1)) <= kValue);
}

/// Gradients of the parameters against the golden ones.
void check_gradients(const Model& model, std::map<std::string, at::Tensor> expected) {
    double largest = 0;
    for (const auto& [name, gradient] : expected)
        largest = std::max(largest, gradient.abs().max().item<double>());
    CHECK(expected.size() == model.parameters().size());
    for (const auto& [name, parameter] : model.parameters()) {
        CAPTURE(name);
        REQUIRE(expected.contains(name));
        const auto gradient = parameter.grad().defined() ? parameter.grad() : at::zeros_like(parameter);
        const auto own = expected[name].abs().max().item<double>();
        CHECK((gradient - expected[name]).abs().max().item<double>() <= 1e-4 * own + 1e-6 * largest);
    }
}

}  // namespace

TEST_CASE("Table flows give the published code's latents, likelihoods, gradients, statistics and inverses") {
    for (const std::string kind : {"maf", "realnvp", "glow"}) {
        CAPTURE(kind);
        TableCase golden(kind);
        auto& [file, model, flow, order] = golden;
        const auto x = file.tensor("x");

        check_encoding(flow.encode(x, Pass::train), flow.log_likelihood(x), file, "train");
        const auto loss = flow.loss(x);
        CHECK(error(loss, file.tensor("train/loss")) <= kValue);
        loss.backward();
        std::map<std::string, at::Tensor> gradients;
        for (const auto& [name, value] : file.group("train/grad"))
            gradients[name] = renumbered(name, value, order);
        check_gradients(flow, std::move(gradients));

        flow.reestimate(x);
        int statistics = 0;
        for (const auto& [name, value] : flow.buffers()) {
            const auto place = name.find("running_");
            if (place == std::string::npos) continue;
            ++statistics;
            CAPTURE(name);
            CHECK(error(value, file.tensor("train/running/" + name.substr(0, place) +
                                           name.substr(place + 8))) <= kStatistic);
        }
        CHECK(statistics == 2 * file.attribute("blocks"));

        flow.eval();
        check_encoding(flow.encode(x, Pass::evaluate), flow.log_likelihood(x), file, "eval");
        const auto other = file.tensor("eval_other/x");
        check_encoding(flow.encode(other, Pass::evaluate), flow.log_likelihood(other), file, "eval_other");
        CHECK(error(flow.decode({file.tensor("z")}), file.tensor("eval/inverse_of_z")) <= kSample);
    }
}

TEST_CASE("The image Glow gives normflows' latents, likelihoods, gradients and samples") {
    const Golden file("image-glow.h5");
    const auto x = file.tensor("x");
    const SampleShape shape{static_cast<std::size_t>(x.size(1)), static_cast<std::size_t>(x.size(2)),
                            static_cast<std::size_t>(x.size(3))};
    ImageGlow flow(shape,
                   {.hidden = file.attribute("hidden"),
                    .levels = file.attribute("levels"),
                    .depth = file.attribute("steps")},
                   /*seed=*/1);
    auto state = file.group("parameters");
    for (const auto& buffer : file.group("buffers")) {
        if (buffer.name.ends_with(".P") || buffer.name.ends_with(".sign_S")) state.push_back(buffer);
    }
    flow.load(state);

    const auto [latents, log_det] = flow.encode(x, Pass::train);
    REQUIRE(latents.size() == static_cast<std::size_t>(file.attribute("levels")));
    for (std::size_t level = 0; level < latents.size(); ++level) {
        CHECK(error(latents[level], file.tensor("z/" + std::to_string(level))) <= kValue);
    }
    CHECK(error(log_det, file.tensor("logdet")) <= kValue);
    CHECK(error(flow.log_likelihood(x), file.tensor("log_prob")) <= kValue);
    const auto loss = flow.loss(x);
    CHECK(error(loss, file.tensor("loss")) <= kValue);
    loss.backward();
    std::map<std::string, at::Tensor> gradients;
    for (const auto& [name, value] : file.group("grad")) gradients[name] = value;
    check_gradients(flow, std::move(gradients));

    std::vector<at::Tensor> z;
    for (std::size_t level = 0; level < latents.size(); ++level) {
        z.push_back(file.tensor("sample/z/" + std::to_string(level)));
    }
    CHECK(error(flow.decode(z), file.tensor("sample/x")) <= kSample);

    SUBCASE("ActNorm starts from the first batch as normflows' does") {
        for (auto& [name, value] : state) {
            if (name.ends_with("net.4.weight") || name.ends_with("net.4.bias")) value.zero_();
        }
        flow.load(state);
        flow.initialise(x);
        const auto expected = file.group("actnorm_initialised_by_x");
        std::map<std::string, at::Tensor> found;
        for (const auto& [name, value] : flow.parameters()) found[name] = value;
        CHECK(expected.size() == 2u * file.attribute("levels") * file.attribute("steps"));
        for (const auto& [name, value] : expected) {
            CAPTURE(name);
            CHECK((found.at(name) - value).abs().max().item<double>() <= 1e-6);
        }
    }
}
