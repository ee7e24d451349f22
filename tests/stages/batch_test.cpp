#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/stages/batch.hpp>
#include <mollify/stages/error.hpp>

using namespace mollify;

TEST_CASE("a batch holds the rows it was admitted with, on aligned memory that never moves") {
    Batch batch({.capacity = 4, .shape = {3, 5, 7}, .bytes = true, .values = true});
    const auto* bytes = (batch.admit(9, 2, std::vector<SampleId>{5, 1, 3}), batch.bytes().data());
    const auto* values = batch.values().data();
    CHECK(reinterpret_cast<std::uintptr_t>(bytes) % Batch::kAlignment == 0);
    CHECK(reinterpret_cast<std::uintptr_t>(values) % Batch::kAlignment == 0);
    CHECK(batch.size() == 3);
    CHECK(batch.iteration() == 9);
    CHECK(batch.epoch() == 2);
    CHECK(batch.bytes().size() == 3 * 105);
    CHECK(batch.values(2).data() == values + 2 * 105);
    CHECK(batch.labels()[0] == kNoLabel);
    batch.admit(10, 2, std::vector<SampleId>{});
    CHECK(batch.size() == 0);
    CHECK(batch.values().empty());
    batch.admit(11, 2, std::vector<SampleId>{1, 2, 3, 4});
    CHECK(batch.bytes().data() == bytes);
    CHECK(batch.values().data() == values);
}

TEST_CASE("a row on loan is read where it is, and becomes the batch's own when bytes are asked for") {
    const std::vector<std::uint8_t> lent = {1, 2, 3, 4, 5, 6};
    Batch batch({.capacity = 3, .shape = SampleShape::features(3), .bytes = true, .values = false});
    batch.admit(0, 0, std::vector<SampleId>{0, 1, 2});
    std::ranges::fill(batch.bytes(), std::uint8_t{9});
    batch.lend(0, lent.data() + 3);
    batch.lend(2, lent.data());
    CHECK(batch.bytes_to_read(0).data() == lent.data() + 3);
    CHECK(batch.bytes_to_read(1).front() == 9);
    CHECK(batch.bytes_to_read(2).size() == 3);

    batch.bytes(0)[1] = 77;
    CHECK(batch.bytes_to_read(0).data() == batch.bytes(0).data());
    CHECK(batch.bytes_to_read(2).data() == lent.data());
    CHECK(std::ranges::equal(batch.bytes(), std::vector<std::uint8_t>{4, 77, 6, 9, 9, 9, 1, 2, 3}));
    CHECK(lent == std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6});

    batch.lend(1, lent.data());
    batch.admit(1, 0, std::vector<SampleId>{0, 1, 2});
    CHECK(batch.bytes_to_read(1).data() == batch.bytes().data() + 3);
}

TEST_CASE("labels and loans end with the life of a batch") {
    Batch batch({.capacity = 2, .shape = {1, 1, 2}, .bytes = true});
    const std::vector<std::uint8_t> record{7, 8};
    batch.admit(0, 0, std::vector<SampleId>{0, 1});
    batch.labels()[1] = 5;
    batch.lend(1, record.data());
    batch.admit(1, 0, std::vector<SampleId>{2, 3});
    CHECK(batch.labels()[1] == kNoLabel);
    CHECK(batch.bytes_to_read(1).data() != record.data());
}

TEST_CASE("a batch refuses more rows than its slot holds") {
    Batch batch({.capacity = 2, .shape = SampleShape::features(3)});
    CHECK_THROWS_AS(batch.admit(0, 0, std::vector<SampleId>{1, 2, 3}), Error);
}

TEST_CASE("a batch keeps its first error until it is admitted again") {
    Batch batch({.capacity = 1, .shape = SampleShape::features(1)});
    batch.admit(0, 0, std::vector<SampleId>{0});
    batch.fail(std::make_exception_ptr(std::runtime_error("first")));
    batch.fail(std::make_exception_ptr(std::runtime_error("second")));
    CHECK_THROWS_WITH(std::rethrow_exception(batch.error()), "first");
    batch.admit(1, 0, std::vector<SampleId>{0});
    CHECK(batch.error() == nullptr);
}
