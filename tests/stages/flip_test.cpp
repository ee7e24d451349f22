#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/stages/error.hpp>
#include <mollify/stages/flip.hpp>
#include <mollify/stages/stage.hpp>

using namespace mollify;

static_assert(Stage<HorizontalFlip> && FormatStage<HorizontalFlip> && NamedStage<HorizontalFlip>);

TEST_CASE("mirrored samples have every line reversed, the others are untouched, in bytes as in values") {
    const SampleShape shape{3, 4, 5};
    std::vector<SampleId> ids(40);
    for (std::size_t k = 0; k < ids.size(); ++k) ids[k] = 3 * k;
    const HorizontalFlip flip{9};
    for (const Content content : {Content::bytes, Content::values}) {
        Batch batch({.capacity = ids.size(), .shape = shape, .bytes = true, .values = true});
        batch.admit(4, 0, ids);
        for (std::size_t e = 0; e < batch.values().size(); ++e) {
            batch.bytes()[e] = static_cast<std::uint8_t>(e);
            batch.values()[e] = static_cast<float>(e);
        }
        batch.set_content(content);
        flip(batch);
        std::size_t mirrored = 0;
        std::size_t wrong = 0;
        for (std::size_t row = 0; row < ids.size(); ++row) {
            const bool expected = flip.flips(4, ids[row]);
            mirrored += expected;
            for (std::size_t line = 0; line < 12; ++line) {
                for (std::size_t x = 0; x < 5; ++x) {
                    const std::size_t to = row * 60 + line * 5 + x;
                    const std::size_t from = expected ? row * 60 + line * 5 + (4 - x) : to;
                    wrong += content == Content::bytes ? batch.bytes()[to] != static_cast<std::uint8_t>(from)
                                                       : batch.values()[to] != static_cast<float>(from);
                }
            }
        }
        CHECK(wrong == 0);
        CHECK(mirrored > 0);
        CHECK(mirrored < ids.size());
    }
}

TEST_CASE("the share of mirrored samples is the probability, afresh at every iteration") {
    for (const double p : {0.0, 0.25, 0.5, 1.0}) {
        const HorizontalFlip flip(3, p);
        constexpr int kDraws = 100'000;
        int mirrored = 0, both = 0;
        for (int k = 0; k < kDraws; ++k) {
            mirrored += flip.flips(7, k);
            both += flip.flips(7, k) && flip.flips(8, k);
        }
        CHECK(std::abs(mirrored - kDraws * p) <= 5 * std::sqrt(kDraws * p * (1 - p)));
        CHECK(std::abs(both - kDraws * p * p) <= 5 * std::sqrt(kDraws * p * p * (1 - p * p)));
    }
}

TEST_CASE("flip refuses tables, encoded files and impossible probabilities") {
    CHECK_THROWS_AS(HorizontalFlip(1).output({Content::values, SampleShape::features(4)}), ConfigError);
    CHECK_THROWS_AS(HorizontalFlip(1).output({Content::encoded, {}}), ConfigError);
    CHECK_THROWS_AS(HorizontalFlip(1, 1.5), ConfigError);
    CHECK_THROWS_AS(HorizontalFlip(1, NAN), ConfigError);
    CHECK(HorizontalFlip(1).output({Content::bytes, {3, 4, 4}}) == Format{Content::bytes, {3, 4, 4}});
}
