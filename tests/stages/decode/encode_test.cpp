#include <doctest/doctest.h>

#include <mollify/stages/decode/decode.hpp>
#include <mollify/stages/decode/encode.hpp>
#include <mollify/stages/error.hpp>

using namespace mollify;

namespace {

std::vector<std::uint8_t> round_trip(const std::vector<std::uint8_t>& planes, const SampleShape& shape) {
    std::vector<std::uint8_t> decoded(planes.size());
    Decode({.output = shape}).decode(encode_png(planes, shape), decoded);
    return decoded;
}

}  // namespace

TEST_CASE("an encoded PNG decodes to the same bytes, in colour and in grey") {
    for (const std::size_t channels : {1, 3}) {
        const SampleShape shape{channels, 17, 31};
        std::vector<std::uint8_t> planes(shape.elements());
        for (std::size_t i = 0; i < planes.size(); ++i) planes[i] = static_cast<std::uint8_t>(i * 37 % 256);
        CHECK(round_trip(planes, shape) == planes);
    }
}

TEST_CASE("red stays red") {
    CHECK(round_trip({200, 10, 20}, {3, 1, 1}) == std::vector<std::uint8_t>{200, 10, 20});
}

TEST_CASE("two channels, no pixels and too few bytes are refused") {
    const std::vector<std::uint8_t> bytes(4);
    CHECK_THROWS_AS(encode_png(bytes, {2, 1, 2}), Error);
    CHECK_THROWS_AS(encode_png(bytes, {1, 1, 3}), Error);
    CHECK_THROWS_AS(encode_png({}, {1, 0, 0}), Error);
}
