#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/models/glow.hpp>
#include <mollify/trainers/models/image_glow.hpp>
#include <mollify/trainers/models/kinds.hpp>
#include <mollify/trainers/models/realnvp.hpp>

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
            return make_model({kind}, SampleShape::features(dims), 1)->parameter_count();
        };
        CHECK(count("maf") == maf);
        CHECK(count("realnvp") == realnvp);
        CHECK(count("glow") == glow);
    }
}

TEST_CASE("The paper's image Glow has 27,530,184 parameters and 3,072 latents") {
    const auto model = make_model({"image-glow"}, {3, 32, 32}, 1);
    CHECK(model->parameter_count() == 27'530'184);
}

TEST_CASE("All that is wrong with a model's options is told at once, with the nearest name") {
    CHECK(
        problems(ModelOptions{"realnpv"}) ==
        std::vector<std::string>{"there is no model 'realnpv', did you mean 'realnvp'? (known: maf, realnvp, "
                                 "glow, image-glow)"});
    CHECK(problems(ModelOptions{"maf", {{"hidden", 0}, {"blocks", "many"}, {"levels", 3}, {"hiden", 8}}}) ==
          std::vector<std::string>{"unknown key 'hiden', did you mean 'hidden'?; maf has: hidden, blocks",
                                   "'levels' is a key of image-glow; maf has: hidden, blocks",
                                   "blocks must be a whole number", "hidden must be at least 1, not 0"});
    CHECK_THROWS_AS(make_model({"maf", {{"hidden", 0}}}, SampleShape::features(11), 1), ConfigError);
    CHECK_THROWS_AS(realnvp().make({.hidden = 0}, SampleShape::features(11), 1), ConfigError);
}

TEST_CASE("Models that cannot take the samples are refused in words") {
    const auto problem = [](const ModelOptions& options, const SampleShape& shape) {
        const auto found = shape_problems(options, shape);
        return found.empty() ? "" : found[0];
    };
    CHECK(problem({"glow"}, {3, 32, 32}) ==
          "'glow' is for tables and the samples are images of 3x32x32: use 'image-glow'");
    CHECK(problem({"image-glow"}, SampleShape::features(11)) ==
          "'image-glow' is for images and the samples are rows of 11 features: use 'glow'");
    CHECK(problem({"maf"}, {3, 32, 32}) ==
          "'maf' is for tables and the samples are images of 3x32x32: for those there are image-glow");
    CHECK(problem({"image-glow", {{"levels", 3}}}, {3, 28, 28}).find("cannot be halved 3 times") !=
          std::string::npos);
    CHECK(problem({"maf"}, SampleShape::features(1)).find("at least 2 features") != std::string::npos);
    CHECK(problem({"image-glow", {{"levels", 5}}}, {3, 32, 32}).empty());
    CHECK_THROWS_AS(image_glow().make(ImageGlowOptions{}, SampleShape::features(11), 1), ConfigError);
}

TEST_CASE("Every kind lists keys that its own values obey, and says what it is") {
    for (const auto* kind : model_kinds()) {
        CAPTURE(kind->name());
        CHECK_FALSE(kind->description().empty());
        CHECK_FALSE(kind->keys().empty());
        KeyValues usual;
        for (const auto& key : kind->keys()) {
            CHECK_FALSE(std::string(key.meaning).empty());
            CHECK(usual.emplace(key.name, key.usual).second);  // no name twice
        }
        CHECK(problems(ModelOptions{kind->name(), usual}).empty());
        const auto shape = kind->takes() == Takes::images ? SampleShape{1, 8, 8} : SampleShape::features(3);
        usual.insert_or_assign("hidden", 4);
        const auto by_name = make_model({kind->name(), usual}, shape, 1);
        CHECK(by_name->name() == kind->name());
        const auto with_defaults = make_model({kind->name(), {{"hidden", 4}}}, shape, 1);
        CHECK(by_name->parameter_count() == with_defaults->parameter_count());
    }
}

TEST_CASE("A seed decides a model's parameters, and another seed gives others") {
    const auto shape = SampleShape::features(4);
    const auto first = glow().make({.hidden = 8, .blocks = 2}, shape, 5);
    const auto same = glow().make({.hidden = 8, .blocks = 2}, shape, 5);
    const auto other = glow().make({.hidden = 8, .blocks = 2}, shape, 6);
    bool differs = false;
    for (std::size_t i = 0; i < first->parameters().size(); ++i) {
        CHECK(at::equal(first->parameters()[i].tensor, same->parameters()[i].tensor));
        differs |= !at::equal(first->parameters()[i].tensor, other->parameters()[i].tensor);
    }
    CHECK(differs);
}

TEST_CASE("Loading names every tensor that does not fit and changes nothing") {
    const auto model = realnvp().make({.hidden = 8, .blocks = 1}, SampleShape::features(4), 1);
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
