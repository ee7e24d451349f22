#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <mollify/stages/dequantize.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/flip.hpp>
#include <mollify/stages/gaussian.hpp>
#include <mollify/stages/kernel/philox.hpp>
#include <mollify/stages/mollifier.hpp>
#include <mollify/stages/stage.hpp>
#include <mollify/tests/support/errors.hpp>

using namespace mollify;

static_assert(Stage<Mollifier> && FormatStage<Mollifier> && NamedStage<Mollifier>);
static_assert(Stage<NormalizedMollifier> && FormatStage<NormalizedMollifier> &&
              NamedStage<NormalizedMollifier>);
static_assert(Fusible<Normalize, Mollifier>);

namespace {

constexpr SampleShape kImage{3, 30, 30};

/// Bytes that depend on id and element.
struct Images : Batch {
    Images(Iteration at, const std::vector<SampleId>& samples, Epoch in = 0)
        : Batch({.capacity = samples.size(), .shape = kImage, .bytes = true, .values = true}) {
        admit(at, in, samples);
        for (std::size_t row = 0; row < samples.size(); ++row) {
            for (std::size_t e = 0; e < kImage.elements(); ++e) {
                bytes(row)[e] = static_cast<std::uint8_t>(samples[row] * 31 + e * 7);
            }
        }
        set_content(Content::bytes);
    }
};

std::vector<float> values_of(const Batch& batch) { return {batch.values().begin(), batch.values().end()}; }
/// Adds its level to everything, in the slowest way.
class Lift : public MollifierKind {
  public:
    void apply(std::span<float> values, const SampleShape&, std::span<const SampleId>, Iteration,
               double level) const override {
        for (float& value : values) value += static_cast<float>(level);
    }
};

std::vector<float> row_of(Batch& batch, std::size_t row) {
    return {batch.values(row).begin(), batch.values(row).end()};
}

}  // namespace

TEST_CASE("normalize and mollify give the same bits fused as one after the other") {
    CHECK(rc::check([] {
        const auto iteration = *rc::gen::inRange<Iteration>(0, 120);
        const auto ids = *rc::gen::nonEmpty(
            rc::gen::container<std::vector<SampleId>>(rc::gen::inRange<SampleId>(0, 50'000)));
        const auto normalize = Normalize::affine({0.01f, 0.02f, 0.03f}, {-1, 0, 1});
        const auto mollifier = Mollifier::gaussian(Schedule({.duration = 100}), 7);
        Images two(iteration, ids);
        normalize(two);
        mollifier(two);
        Images one(iteration, ids);
        fuse(normalize, mollifier)(one);
        RC_ASSERT(values_of(one) == values_of(two));
        RC_ASSERT(one.content() == Content::values);
    }));
}

TEST_CASE("a row is the same in every batch that holds it") {
    CHECK(rc::check([] {
        const auto ids =
            *rc::gen::container<std::vector<SampleId>>(20, rc::gen::inRange<SampleId>(0, kAddressLimit));
        const auto stage = fuse(Normalize::to_symmetric_range(), Mollifier::gaussian(Schedule({}), 3));
        Images all(17, ids);
        stage(all);
        const auto row = *rc::gen::inRange<std::size_t>(0, ids.size());
        Images alone(17, {ids[row]});
        stage(alone);
        RC_ASSERT(row_of(all, row) == row_of(alone, 0));
    }));
}

TEST_CASE("rows on loan are mollified to the bits of the batch's own, and stay as they are") {
    const std::vector<SampleId> ids = {4, 9, 4, 1};
    const Images kept(3, ids);
    std::vector<std::uint8_t> lent;
    for (std::size_t row = 0; row < ids.size(); ++row) {
        lent.insert(lent.end(), kept.bytes_to_read(row).begin(), kept.bytes_to_read(row).end());
    }
    const auto before = lent;
    const auto check = [&](const auto& stage) {
        Images own(3, ids);
        stage(own);
        Images borrowed(3, ids);
        std::ranges::fill(borrowed.bytes(), std::uint8_t{0});
        for (std::size_t row = 0; row < ids.size(); ++row) {
            borrowed.lend(row, lent.data() + row * kImage.elements());
        }
        stage(borrowed);
        CHECK(values_of(borrowed) == values_of(own));
        CHECK(std::ranges::equal(borrowed.bytes(), own.bytes()));
        CHECK(lent == before);
    };
    const auto normalize = Normalize::to_symmetric_range();
    check(normalize);
    check(fuse(normalize, Mollifier::gaussian(Schedule({.duration = 100}), 7)));
    check(Dequantize(7));
    check([&](Batch& batch) {
        HorizontalFlip(7)(batch);
        normalize(batch);
    });
}

TEST_CASE("the level is that of the batch's own iteration, or epoch") {
    const Schedule by_iteration({.duration = 100});
    const Schedule by_epoch({.clock = Clock::epoch, .duration = 10});
    CHECK(by_iteration.level(40, 3) == by_iteration.curve(0.4));
    CHECK(by_epoch.level(40, 3) == by_epoch.curve(0.3));
    for (const Schedule& schedule : {by_iteration, by_epoch}) {
        Images batch(40, std::vector<SampleId>{6}, 3);
        const auto bytes = std::vector<std::uint8_t>(batch.bytes().begin(), batch.bytes().end());
        fuse(Normalize::to_symmetric_range(), Mollifier::gaussian(schedule, 5))(batch);
        std::vector<float> expected(bytes.size());
        const double n = schedule.level(40, 3);
        const float scale = Normalize::to_symmetric_range().scale()[0];
        const float shift = -1;
        mollify_sample(std::span<const std::uint8_t>(bytes), expected, {{&scale, 1}, {&shift, 1}},
                       Mix::at_level(n), {5, 40, 6});
        CHECK(values_of(batch) == expected);
    }
}

TEST_CASE("at level 1 a batch is noise alone, from the schedule's end on it is the data alone") {
    const auto stage = fuse(Normalize::to_unit_range(), Mollifier::gaussian(Schedule({.duration = 100}), 5));
    Images noise(0, std::vector<SampleId>{8});
    stage(noise);
    std::vector<float> expected(kImage.elements());
    fill_normals(expected, {5, 0, 8});
    CHECK(values_of(noise) == expected);

    Images clean(100, std::vector<SampleId>{8});
    stage(clean);
    Images normalized(100, std::vector<SampleId>{8});
    Normalize::to_unit_range()(normalized);
    CHECK(values_of(clean) == values_of(normalized));
    Mollifier::gaussian(Schedule({.duration = 100}), 5)(normalized);
    CHECK(values_of(clean) == values_of(normalized));
}

TEST_CASE("a mollifier in the wrong place is refused") {
    const auto mollifier = Mollifier::gaussian(Schedule({}), 1);
    CHECK_THROWS_AS(mollifier.output({Content::bytes, kImage}), ConfigError);
    Images batch(0, std::vector<SampleId>{1});
    CHECK_THROWS_AS(mollifier(batch), Error);
    const auto fused = fuse(Normalize::affine({1, 1}, {0, 0}), mollifier);
    CHECK_THROWS_AS(fused.output({Content::bytes, kImage}), ConfigError);
    CHECK_THROWS_AS(fused(batch), Error);
    batch.admit(0, 0, std::vector<SampleId>{kAddressLimit});
    batch.set_content(Content::values);
    CHECK_THROWS_AS(mollifier(batch), SampleError);
}

TEST_CASE("a batch without room for what a stage reads or writes is refused, naming stage and remedy") {
    const auto mollifier = Mollifier::gaussian(Schedule({}), 1);
    const auto normalize = Normalize::to_unit_range();
    const auto message = [](const auto& stage, const BatchLayout& layout, Content content) {
        Batch batch(layout);
        batch.admit(0, 0, std::vector<SampleId>{1});
        batch.set_content(content);
        return test::message_of<Error>([&] { stage(batch); });
    };
    const BatchLayout bytes{.capacity = 1, .shape = kImage, .bytes = true, .values = false};
    const BatchLayout values{.capacity = 1, .shape = kImage};
    const std::string no_values =
        ": the batch has no room for values (ask for it in its layout: "
        "BatchLayout::values)";
    const std::string no_bytes =
        ": the batch has no room for bytes (ask for it in its layout: "
        "BatchLayout::bytes)";
    CHECK(message(normalize, bytes, Content::bytes) == "normalize" + no_values);
    CHECK(message(normalize, bytes, Content::values) == "normalize" + no_values);
    CHECK(message(normalize, values, Content::bytes) == "normalize" + no_bytes);
    CHECK(message(mollifier, bytes, Content::values) == "mollify" + no_values);
    CHECK(message(fuse(normalize, mollifier), bytes, Content::bytes) == "normalize+mollify" + no_values);
    CHECK(message(Dequantize(1), bytes, Content::bytes) == "dequantize" + no_values);
    CHECK(message(Dequantize(1), values, Content::bytes) == "dequantize" + no_bytes);
    CHECK(message(HorizontalFlip(1), values, Content::bytes) == "flip" + no_bytes);
}

TEST_CASE("memory of one's own is mollified to the bits of a batch") {
    const auto mollifier = Mollifier::gaussian(Schedule({.duration = 100}), 5);
    const std::vector<SampleId> ids = {6, 2, 9};
    Images batch(40, ids, 3);
    Normalize::to_unit_range()(batch);
    auto own = values_of(batch);
    mollifier(batch);
    mollifier.apply(own, kImage, ids, 40, 3);
    CHECK(own == values_of(batch));
    CHECK(mollifier.level(40, 3) == mollifier.schedule().level(40, 3));

    const auto before = own;
    mollifier.apply(own, kImage, ids, 100, 3);  // clean
    CHECK(own == before);
    mollifier.apply({}, kImage, {}, 0, 0);
    const auto message = test::message_of<Error>([&] { mollifier.apply(own, {3, 30, 31}, ids, 40, 3); });
    CHECK(message == "mollify got 8100 values for 3 samples of 3x30x31: give 8370");
    CHECK(own == before);
    CHECK_THROWS_AS(
        mollifier.apply(std::span(own).first(2700), kImage, std::vector<SampleId>{kAddressLimit}, 4, 0),
        SampleError);
}

TEST_CASE("a kind of one's own is a mollifier: fused with normalize, clean from the schedule's end on") {
    const Mollifier mollifier("lift", Schedule({.curve = Curve::linear, .duration = 100}),
                              std::make_shared<Lift>());
    CHECK(mollifier.kind() == "lift");
    for (const Iteration iteration : {0, 40, 100, 7'000}) {
        Images two(iteration, std::vector<SampleId>{8});
        Normalize::to_unit_range()(two);
        const float clean = two.values()[5];
        mollifier(two);
        CHECK(two.values()[5] == clean + static_cast<float>(mollifier.level(iteration, 0)));
        Images one(iteration, std::vector<SampleId>{8});
        fuse(Normalize::to_unit_range(), mollifier)(one);
        CHECK(values_of(one) == values_of(two));
    }
}

TEST_CASE("every kind of the table is made by its name, and none is nothing") {
    const Schedule schedule({.duration = 100});
    for (const std::string& kind : mollifier_kinds()) {
        CAPTURE(kind);
        const auto mollifier = make_mollifier(kind, schedule, 5);
        REQUIRE(mollifier.has_value() == (kind != "none"));
        if (!mollifier) continue;
        CHECK(mollifier->kind() == kind);
        Images clean(30, std::vector<SampleId>{8, 3});
        Normalize::to_unit_range()(clean);
        Images two(30, std::vector<SampleId>{8, 3});
        Normalize::to_unit_range()(two);
        (*mollifier)(two);
        CHECK(values_of(two) != values_of(clean));
        Images one(30, std::vector<SampleId>{8, 3});
        fuse(Normalize::to_unit_range(), *mollifier)(one);
        CHECK(values_of(one) == values_of(two));
        Images alone(30, std::vector<SampleId>{3});
        fuse(Normalize::to_unit_range(), *mollifier)(alone);
        CHECK(row_of(alone, 0) == row_of(two, 1));
    }
    const auto message = test::message_of<ConfigError>([&] { make_mollifier("gausian", schedule, 5); });
    CHECK(message.find("did you mean 'gaussian'?") != std::string::npos);
}
