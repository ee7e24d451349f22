#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/models/factory.hpp>

using namespace mollify;

TEST_CASE("Table flows have the published numbers of parameters") {
    struct Row {
        std::size_t dims;
        std::int64_t maf, realnvp, glow;
    };
    for (const auto& [dims, maf, realnvp, glow] :
         {Row{11, 1'400'540, 2'744'540, 2'745'805}, Row{15, 1'431'340, 2'785'580, 2'787'905},
          Row{43, 1'646'940, 3'072'860, 3'091'565}}) {
        const auto count = [&](const char* kind) {
            return make_model({.kind = kind}, SampleShape::features(dims), 1)->parameter_count();
        };
        CHECK(count("maf") == maf);
        CHECK(count("realnvp") == realnvp);
        CHECK(count("glow") == glow);
    }
}

TEST_CASE("The paper's image Glow has 27,530,184 parameters") {
    const auto model = make_model({.kind = "glow"}, {3, 32, 32}, 1);
    CHECK(model->parameter_count() == 27'530'184);
}

TEST_CASE("All that is wrong with a model's options is told at once, with the nearest name") {
    try {
        make_model({.kind = "realnpv", .hidden = 0, .blocks = -1}, SampleShape::features(11), 1);
        FAIL("no error");
    } catch (const ConfigError& failure) {
        REQUIRE(failure.problems().size() == 3);
        CHECK(failure.problems()[0].find("did you mean 'realnvp'?") != std::string::npos);
        CHECK(failure.problems()[1] == "hidden of a model must be at least 1, not 0");
        CHECK(failure.problems()[2] == "blocks of a model must be at least 1, not -1");
    }
}

TEST_CASE("Models that cannot take the samples are refused in words") {
    CHECK(shape_problems({.kind = "maf"}, {3, 32, 32})[0].find("is for tables") != std::string::npos);
    CHECK(shape_problems({.kind = "glow", .levels = 3}, {3, 28, 28})[0].find("cannot be halved 3 times") !=
          std::string::npos);
    CHECK(shape_problems({.kind = "maf"}, SampleShape::features(1))[0].find("at least 2 features") !=
          std::string::npos);
    CHECK(shape_problems({.kind = "glow", .levels = 5}, {3, 32, 32}).empty());
}

TEST_CASE("A seed decides a model's parameters, and another seed gives others") {
    const auto shape = SampleShape::features(4);
    const auto first = make_model({.kind = "glow", .hidden = 8, .blocks = 2}, shape, 5);
    const auto same = make_model({.kind = "glow", .hidden = 8, .blocks = 2}, shape, 5);
    const auto other = make_model({.kind = "glow", .hidden = 8, .blocks = 2}, shape, 6);
    bool differs = false;
    for (std::size_t i = 0; i < first->parameters().size(); ++i) {
        CHECK(at::equal(first->parameters()[i].tensor, same->parameters()[i].tensor));
        differs |= !at::equal(first->parameters()[i].tensor, other->parameters()[i].tensor);
    }
    CHECK(differs);
}

TEST_CASE("Loading names every tensor that does not fit and changes nothing") {
    const auto model = make_model({.kind = "realnvp", .hidden = 8, .blocks = 1}, SampleShape::features(4), 1);
    std::vector<NamedTensor> state;
    for (const auto& [name, tensor] : model->parameters()) state.push_back({name, at::ones_like(tensor)});
    for (const auto& [name, tensor] : model->buffers()) state.push_back({name, at::ones_like(tensor)});
    const auto good = state;
    state[0].tensor = at::ones({2, 2});
    state[1].name = "stranger";
    const auto before = model->parameters()[2].tensor.detach().clone();
    try {
        model->load(state);
        FAIL("no error");
    } catch (const Error& failure) {
        const std::string message = failure.what();
        CHECK(message.find("the model 'realnvp'") != std::string::npos);
        CHECK(message.find("'0.scale_net.0.weight' is [2, 2] and should be [8, 4]") != std::string::npos);
        CHECK(message.find("'0.scale_net.0.bias' is missing") != std::string::npos);
        CHECK(message.find("'stranger' is unknown") != std::string::npos);
    }
    CHECK(at::equal(before, model->parameters()[2].tensor));
    model->load(good);
    CHECK(model->parameters()[2].tensor.min().item<float>() == 1.f);
}
