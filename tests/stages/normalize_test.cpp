#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/stages/error.hpp>
#include <mollify/stages/normalize.hpp>
#include <mollify/stages/stage.hpp>

using namespace mollify;

static_assert(Stage<Normalize> && FormatStage<Normalize> && NamedStage<Normalize>);

namespace {

/// One row that holds every byte.
struct AllBytes : Batch {
    AllBytes() : Batch({.capacity = 1, .shape = {1, 16, 16}, .bytes = true, .values = true}) {
        admit(0, 0, std::vector<SampleId>{0});
        for (int v = 0; v < 256; ++v) bytes()[v] = static_cast<std::uint8_t>(v);
        set_content(Content::bytes);
    }
};

}  // namespace

TEST_CASE(
    "bytes become v/255 and (v/255 - 0.5)/0.5 to 2^-23, and never leave the range from 0, or -1, to 1") {
    for (const bool symmetric : {false, true}) {
        AllBytes batch;
        const Normalize normalize = symmetric ? Normalize::to_symmetric_range() : Normalize::to_unit_range();
        normalize(batch);
        CHECK(batch.content() == Content::values);
        for (int v = 0; v < 256; ++v) {
            const double exact = symmetric ? (v / 255.0 - 0.5) / 0.5 : v / 255.0;
            CHECK(std::abs(batch.values()[v] - exact) <= 0x1p-23);
        }
        CHECK(batch.values()[0] == (symmetric ? -1.0f : 0.0f));
        CHECK(batch.values()[255] == (symmetric ? 1 - 0x1p-23f : 1.0f));
    }
}

TEST_CASE("each channel of an image and each feature of a table has its own scale and shift") {
    Batch image({.capacity = 2, .shape = {3, 5, 7}, .values = true});
    image.admit(0, 0, std::vector<SampleId>{0, 1});
    for (std::size_t e = 0; e < image.values().size(); ++e) image.values()[e] = static_cast<float>(e % 11);
    image.set_content(Content::values);
    Normalize::affine({1, 2, 4}, {0, 10, 20})(image);
    for (std::size_t e = 0; e < image.values().size(); ++e) {
        const std::size_t c = e % 105 / 35;
        CHECK(image.values()[e] == static_cast<float>((1 << c) * (e % 11) + 10 * c));
    }
    Batch table({.capacity = 2, .shape = SampleShape::features(3), .values = true});
    table.admit(0, 0, std::vector<SampleId>{0, 1});
    for (std::size_t e = 0; e < 6; ++e) table.values()[e] = static_cast<float>(e);
    Normalize::affine({1, 2, 4}, {0, 10, 20})(table);
    CHECK(std::vector<float>(table.values().begin(), table.values().end()) ==
          std::vector<float>{0, 12, 28, 3, 18, 40});
}

TEST_CASE("standardization leaves mean 0 and deviation 1") {
    const std::vector<double> mean{8.468402778, 0.5243854167}, deviation{1.742354794, 0.1792514937};
    const auto normalize = Normalize::standardize(mean, deviation);
    Batch table({.capacity = 1, .shape = SampleShape::features(2), .values = true});
    table.admit(0, 0, std::vector<SampleId>{0});
    table.values()[0] = 7.4f;
    table.values()[1] = 0.7f;
    normalize(table);
    CHECK(table.values()[0] == doctest::Approx(-0.613195).epsilon(1e-5));  // the first row of the red wines
    CHECK(table.values()[1] == doctest::Approx(0.979711).epsilon(1e-5));
}

TEST_CASE("a normalization that cannot work is refused, with every problem") {
    CHECK_THROWS_AS(Normalize::affine({}, {}), ConfigError);
    CHECK_THROWS_AS(Normalize::affine({1, 2}, {0}), ConfigError);
    CHECK_THROWS_AS(Normalize::affine({NAN}, {0}), ConfigError);
    CHECK_THROWS_AS(Normalize::standardize(std::vector<double>{0}, std::vector<double>{0}), ConfigError);
    CHECK_THROWS_AS(Normalize::standardize(std::vector<double>{0, 1}, std::vector<double>{1}), ConfigError);
    try {
        Normalize::affine({0, 1, INFINITY}, {0, NAN, 0});
        FAIL("accepted");
    } catch (const ConfigError& error) {
        CHECK(error.problems().size() == 3);
    }
    const auto three = Normalize::affine({1, 1, 1}, {0, 0, 0});
    CHECK_THROWS_AS(three.output({Content::values, SampleShape::features(4)}), ConfigError);
    CHECK_THROWS_AS(three.output({Content::encoded, {}}), ConfigError);
    CHECK(three.output({Content::bytes, {3, 4, 4}}) == Format{Content::values, {3, 4, 4}});
}
