#include <cmath>

#include <doctest/doctest.h>

#include <mollify/trainers/program/study/comparison.hpp>

using namespace mollify;

namespace {

using Values = std::vector<std::optional<double>>;

ComparedQuantity likelihood(Values vanilla, Values mollified) {
    return {.name = "last epoch",
            .arms = {{"vanilla", std::move(vanilla)}, {"mollified", std::move(mollified)}}};
}

}  // namespace

TEST_CASE("the spread is the mean and the sample standard deviation") {
    // NumPy: a = [-18.19, -17.93, -16.95, -15.49]; np.mean(a), np.std(a, ddof=1)
    const auto result = spread(Values{-18.19, -17.93, -16.95, -15.49});
    CHECK(result.mean == doctest::Approx(-17.14).epsilon(1e-12));
    CHECK(*result.deviation == doctest::Approx(1.2227291878).epsilon(1e-9));
    CHECK(result.count == 4);
    CHECK(to_string(result, 2) == "-17.14 ± 1.22");
}

TEST_CASE("values that are missing or not finite are counted, not averaged") {
    const auto result = spread(Values{1, std::nullopt, 3, NAN, -HUGE_VAL});
    CHECK(result.mean == 2);
    CHECK(result.missing == 3);
    CHECK(to_string(result, 1) == "2.0 ± 1.4 (3 of 5 not finite)");
    CHECK(to_string(spread(Values{NAN}), 1) == "not finite");
}

TEST_CASE("one value has no deviation") {
    CHECK_FALSE(spread(Values{1.25}).deviation);
    CHECK(to_string(spread(Values{1.25}), 1) == "1.2");
}

TEST_CASE("seeds are compared pairwise: ties count for neither, a missing value loses") {
    const auto quantity = likelihood({-3, -2, -1, std::nullopt, -1}, {-2, -3, -1, -9, NAN});
    CHECK(seeds_ahead(quantity, 1) == 2);
    CHECK(seeds_behind(quantity, 1) == 2);
}

TEST_CASE("with a truth, nearer is better from either side") {
    ComparedQuantity mass{
        .name = "mass", .truth = 0.5, .arms = {{"vanilla", {0.4, 0.7}}, {"mollified", {0.55, 0.2}}}};
    CHECK(seeds_ahead(mass, 1) == 1);
    CHECK(seeds_behind(mass, 1) == 1);
}

TEST_CASE("the table is Markdown whose columns line up") {
    const auto text = comparison_table(std::vector{likelihood({-18.19, -17.93}, {-11.69, -11.07})});
    CHECK(text ==
          "|            |       vanilla |     mollified | mollified better in |\n"
          "|------------|--------------:|--------------:|--------------------:|\n"
          "| last epoch | -18.06 ± 0.18 | -11.38 ± 0.44 |        2 of 2 seeds |\n");
}

TEST_CASE("the column of the truth is there where one is known") {
    const ComparedQuantity mass{
        .name = "mass", .truth = 0.5, .arms = {{"vanilla", {0.4}}, {"mollified", {0.6}}}, .digits = 3};
    const auto text = comparison_table(std::vector{mass, likelihood({-1}, {-2})});
    CHECK(text.find("| mass       | 0.500 |") != std::string::npos);
    CHECK(text.find("| last epoch |       |") != std::string::npos);
}

TEST_CASE("a quantity as JSON has its values, their spread, and who was better how often") {
    const nlohmann::json json = likelihood({-3, std::nullopt}, {-2, -4});
    CHECK(json["vanilla"]["values"] == nlohmann::json::parse("[-3.0, null]"));
    CHECK(json["vanilla"]["deviation"].is_null());
    CHECK(json["mollified"]["mean"] == -3.0);
    CHECK(json["seeds_mollified_better"] == 2);
    CHECK(json["seeds_vanilla_better"] == 0);
    CHECK_FALSE(json.contains("truth"));
}

TEST_CASE("with more arms each has a column, and each after the first is compared with the first") {
    const ComparedQuantity quantity{
        .name = "last epoch", .arms = {{"blur", {-3, -2}}, {"vanilla", {-4, -3}}, {"gaussian", {-2, -2.5}}}};
    CHECK(comparison_table(std::vector{quantity}) ==
          "|            |         blur |      vanilla |     gaussian | vanilla better in | gaussian better "
          "in |\n"
          "|------------|-------------:|-------------:|-------------:|------------------:|-------------------"
          ":|\n"
          "| last epoch | -2.50 ± 0.71 | -3.50 ± 0.71 | -2.25 ± 0.35 |      0 of 2 seeds |       1 of 2 "
          "seeds |\n");
    CHECK(seeds_behind(quantity, 1) == 2);
    CHECK(seeds_behind(quantity, 2) == 1);
    const nlohmann::json json = quantity;
    CHECK(json["gaussian"]["mean"] == -2.25);
    CHECK(json["seeds_gaussian_better"] == 1);
    CHECK(json["seeds_vanilla_better"] == 0);
    CHECK(json["seeds_vanilla_worse"] == 2);
    CHECK_FALSE(json.contains("seeds_blur_better"));
}
