#include <limits>

#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>

#include <mollify/trainers/models/kind.hpp>

using namespace mollify;

namespace {

/// A kind with a key of every type.
struct ToyOptions {
    std::int64_t latent = 16;
    double beta = 1.5;
    bool tied = false;
    std::string output = "sigmoid";

    static std::vector<Key<ToyOptions>> keys() {
        return {{"latent", "numbers in a latent", &ToyOptions::latent, at_least(1)},
                {"beta", "weight of the divergence", &ToyOptions::beta, above(0)},
                {"tied", "one matrix for both ways", &ToyOptions::tied},
                {"output", "of the decoder", &ToyOptions::output, one_of({"sigmoid", "gaussian"})}};
    }
};

/// Keeps what it was made with.
ToyOptions made;

const KindOf<ToyOptions>& toy() {
    static const KindOf<ToyOptions> kind(
        "toy", "for this test", Takes::rows,
        [](const ToyOptions& options, const SampleShape&, std::uint64_t) -> std::unique_ptr<Model> {
            made = options;
            return nullptr;
        },
        [](const ToyOptions& options, const SampleShape& shape) -> std::vector<std::string> {
            if (options.latent <= static_cast<std::int64_t>(shape.elements())) return {};
            return {"latent is larger than a sample"};
        });
    return kind;
}

constexpr auto kShape = SampleShape::features(20);

}  // namespace

TEST_CASE("A kind lists its keys with the values that its struct gives them") {
    const auto keys = toy().keys();
    REQUIRE(keys.size() == 4);
    CHECK(std::string(keys[0].name) == "latent");
    CHECK(keys[0].usual == KeyValue(16));
    CHECK(keys[1].usual == KeyValue(1.5));
    CHECK(keys[2].usual == KeyValue(false));
    CHECK(keys[3].usual == KeyValue("sigmoid"));
}

TEST_CASE("Values of every type reach the maker, and absent ones are the defaults") {
    const ModelKind& kind = toy();
    kind.from_values({{"beta", 4}, {"tied", true}, {"output", "gaussian"}}, kShape,
                     1);  // a whole number is a number
    CHECK(made.latent == 16);
    CHECK(made.beta == 4.0);
    CHECK(made.tied);
    CHECK(made.output == "gaussian");
    toy().make({.latent = 3}, kShape, 1);
    CHECK(made.latent == 3);
    CHECK(made.output == "sigmoid");
}

TEST_CASE("Values are judged by type and by rule, each in words") {
    const ModelKind& kind = toy();
    CHECK(kind.problems({}).empty());
    CHECK(kind.problems({{"latent", 2.5}, {"beta", "high"}, {"tied", 1}, {"output", true}}) ==
          std::vector<std::string>{"latent must be a whole number", "beta must be a number",
                                   "tied must be true or false", "output must be a text"});
    CHECK(kind.problems({{"latent", 0}, {"beta", -0.5}, {"output", "relu"}}) ==
          std::vector<std::string>{"latent must be at least 1, not 0",
                                   "beta must be finite and above 0, not -0.5",
                                   "output must be sigmoid or gaussian, not relu"});
    CHECK(kind.problems({{"beta", std::numeric_limits<double>::quiet_NaN()}}).size() == 1);
    CHECK_THROWS_AS(kind.from_values({{"latent", 0}}, kShape, 1), ConfigError);
    CHECK_THROWS_AS(kind.from_values({{"latent", true}}, kShape, 1), ConfigError);
}

TEST_CASE("A kind refuses samples that it cannot take, by values or by types") {
    CHECK(toy().shape_problems({{"latent", 21}}, kShape).size() == 1);
    CHECK(toy().shape_problems({{"latent", 20}}, kShape).empty());
    CHECK_THROWS_AS(toy().make({.latent = 21}, kShape, 1), ConfigError);
    CHECK_THROWS_AS(toy().make({.latent = 2}, SampleShape{3, 8, 8}, 1), ConfigError);
}
