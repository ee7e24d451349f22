#include <vector>

#include <doctest/doctest.h>

#include <mollify/datasets/array_dataset.hpp>
#include <mollify/stages/error.hpp>

using namespace mollify;

TEST_CASE("an array in memory is delivered row by row, with its labels") {
    const ArrayDataset owned("mine", SampleShape::features(2), std::vector<float>{1, 2, 3, 4, 5, 6},
                             {7, 8, 9});
    Batch batch({.capacity = 3, .shape = SampleShape::features(2)});
    batch.admit(0, 0, std::vector<SampleId>{2, 0});
    owned.read(batch);
    CHECK(std::vector<float>(batch.values().begin(), batch.values().end()) == std::vector<float>{5, 6, 1, 2});
    CHECK(batch.labels()[0] == 9);
    CHECK(batch.labels()[1] == 7);
    CHECK(owned.size() == 3);
    CHECK(owned.origin(2) == "mine, row 2");
}

TEST_CASE("a data set that took an array over keeps it when copied or moved") {
    auto original =
        std::make_unique<ArrayDataset>("mine", SampleShape{1, 1, 2}, std::vector<std::uint8_t>{1, 2, 3, 4});
    const ArrayDataset copy = *original;
    original.reset();
    Batch batch({.capacity = 1, .shape = {1, 1, 2}, .bytes = true, .values = false});
    batch.admit(0, 0, std::vector<SampleId>{1});
    copy.read(batch);
    CHECK(batch.bytes()[0] == 3);
    CHECK(batch.content() == Content::bytes);
}

TEST_CASE("a view sees the caller's array") {
    std::vector<float> array{1, 2};
    const auto view = ArrayDataset::view("mine", SampleShape::features(1), std::span<const float>(array));
    const auto before = view.fingerprint();
    array[1] = 5;
    Batch batch({.capacity = 1, .shape = SampleShape::features(1)});
    batch.admit(0, 0, std::vector<SampleId>{1});
    view.read(batch);
    CHECK(batch.values()[0] == 5);
    CHECK(view.fingerprint() != before);
}

TEST_CASE("the fingerprint of an array changes with a value, a label and the shape") {
    const auto print = [](std::size_t features, std::vector<float> values, std::vector<Label> labels) {
        return ArrayDataset("mine", SampleShape::features(features), std::move(values), std::move(labels))
            .fingerprint();
    };
    const auto before = print(1, {1, 2}, {0, 1});
    CHECK(print(1, {1, 2}, {0, 1}) == before);
    CHECK(print(1, {1, 3}, {0, 1}) != before);
    CHECK(print(1, {1, 2}, {0, 2}) != before);
    CHECK(print(1, {1, 2}, {}) != before);
    CHECK(print(2, {1, 2}, {}) != print(1, {1, 2}, {}));
}

TEST_CASE("arrays that do not hold whole samples, or other than one label each, are refused") {
    CHECK_THROWS_AS(ArrayDataset("mine", SampleShape::features(2), std::vector<float>{1, 2, 3}), ConfigError);
    CHECK_THROWS_AS(ArrayDataset("mine", SampleShape::features(2), std::vector<float>{}), ConfigError);
    CHECK_THROWS_AS(ArrayDataset("mine", SampleShape::features(0), std::vector<float>{1}), ConfigError);
    CHECK_THROWS_AS(ArrayDataset("mine", SampleShape::features(1), std::vector<float>{1, 2}, {0}),
                    ConfigError);
}
