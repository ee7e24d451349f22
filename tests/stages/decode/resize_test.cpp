#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <mollify/stages/decode/resize.hpp>
#include <mollify/stages/error.hpp>

using namespace mollify;

namespace {

struct Image {
    std::size_t width, height, channels;
    std::vector<std::uint8_t> pixels;

    Image(std::size_t w, std::size_t h, std::size_t c)
        : width(w), height(h), channels(c), pixels(w * h * (c == 1 ? 1 : 4) + kReadPast, 0xee) {}
    std::size_t pixel_bytes() const { return channels == 1 ? 1 : 4; }
    std::uint8_t& at(std::size_t x, std::size_t y, std::size_t c) {
        return pixels[(y * width + x) * pixel_bytes() + c];
    }
    PixelView view() const { return {pixels.data(), width, height, width * pixel_bytes(), channels}; }
};

Image random_image(std::size_t width, std::size_t height, std::size_t channels, std::uint32_t seed) {
    Image image(width, height, channels);
    for (auto& byte : image.pixels)
        byte = static_cast<std::uint8_t>((seed = seed * 1664525u + 1013904223u) >> 24);
    return image;
}

std::vector<std::uint8_t> resized(const Image& image, std::size_t width, std::size_t height,
                                  InstructionSet set = active_instruction_set()) {
    std::vector<std::uint8_t> planes(image.channels * width * height), scratch;
    resize(image.view(), ResizeAxis(image.width, width), ResizeAxis(image.height, height), planes.data(),
           scratch, set);
    return planes;
}

/// The triangle filter in double precision, both axes at once: area-true by definition.
double exact(Image& image, std::size_t channel, double x, double y, double scale_x, double scale_y) {
    const double radius_x = std::max(scale_x, 1.0), radius_y = std::max(scale_y, 1.0);
    double sum = 0, total = 0;
    for (std::size_t row = 0; row < image.height; ++row) {
        for (std::size_t column = 0; column < image.width; ++column) {
            const double wx = std::max(0.0, 1 - std::abs(static_cast<double>(column) + 0.5 - x) / radius_x);
            const double wy = std::max(0.0, 1 - std::abs(static_cast<double>(row) + 0.5 - y) / radius_y);
            sum += wx * wy * image.at(column, row, channel);
            total += wx * wy;
        }
    }
    return sum / total;
}

}  // namespace

TEST_CASE("an image of one colour stays of that colour at every size") {
    CHECK(rc::check([] {
        const auto side = [] { return *rc::gen::inRange<std::size_t>(1, 90); };
        Image image(side(), side(), *rc::gen::element(1, 3));
        const auto colour = *rc::gen::arbitrary<std::uint8_t>();
        for (std::size_t y = 0; y < image.height; ++y) {
            for (std::size_t x = 0; x < image.width; ++x) {
                for (std::size_t c = 0; c < image.channels; ++c) image.at(x, y, c) = colour;
            }
        }
        const auto planes = resized(image, side(), side());
        RC_ASSERT(std::ranges::all_of(planes, [&](std::uint8_t byte) { return byte == colour; }));
    }));
}

TEST_CASE("every instruction set gives the same bytes") {
    CHECK(rc::check([] {
        const auto side = [] { return *rc::gen::inRange<std::size_t>(1, 90); };
        const Image image =
            random_image(side(), side(), *rc::gen::element(1, 3), *rc::gen::arbitrary<std::uint32_t>());
        const std::size_t width = side(), height = side();
        const auto plain = resized(image, width, height, InstructionSet::scalar);
        std::vector<std::uint8_t> split(image.channels * image.width * image.height), other(split.size());
        split_planes(image.view(), split.data(), InstructionSet::scalar);
        for (const InstructionSet set : supported_instruction_sets()) {
            RC_ASSERT(resized(image, width, height, set) == plain);
            split_planes(image.view(), other.data(), set);
            RC_ASSERT(other == split);
        }
    }));
}

TEST_CASE("every byte is within one grey level of the triangle filter in double precision") {
    CHECK(rc::check([] {
        const auto side = [] { return *rc::gen::inRange<std::size_t>(1, 25); };
        Image image = random_image(side(), side(), 3, *rc::gen::arbitrary<std::uint32_t>());
        const std::size_t width = side(), height = side();
        const auto planes = resized(image, width, height);
        const double scale_x = static_cast<double>(image.width) / static_cast<double>(width);
        const double scale_y = static_cast<double>(image.height) / static_cast<double>(height);
        for (std::size_t i = 0; i < planes.size(); ++i) {
            const std::size_t c = i / (width * height), y = i / width % height, x = i % width;
            const double wanted = exact(image, c, (static_cast<double>(x) + 0.5) * scale_x,
                                        (static_cast<double>(y) + 0.5) * scale_y, scale_x, scale_y);
            RC_ASSERT(std::abs(planes[i] - wanted) <= 1.0 + 1e-3);  // each of two passes rounds by a half
        }
    }));
}

TEST_CASE("an image of the output's size passes unchanged") {
    Image image = random_image(37, 23, 3, 5);
    const auto planes = resized(image, 37, 23);
    std::vector<std::uint8_t> split(planes.size());
    split_planes(image.view(), split.data());
    CHECK(planes == split);
    CHECK(planes[2 * 37 * 23 + 5 * 37 + 9] == image.at(9, 5, 2));
}

TEST_CASE("halving an image averages, so that a fine chequerboard becomes grey") {
    Image image(64, 64, 1);
    for (std::size_t y = 0; y < 64; ++y) {
        for (std::size_t x = 0; x < 64; ++x) image.at(x, y, 0) = (x + y) % 2 ? 255 : 0;
    }
    const auto planes = resized(image, 32, 32);
    for (std::size_t y = 1; y < 31; ++y) {
        for (std::size_t x = 1; x < 31; ++x) CHECK(std::abs(planes[y * 32 + x] - 127.5) <= 1.0);
    }
}

TEST_CASE("every output's taps lie inside the input and weigh one together") {
    for (const auto& [from, to] :
         {std::pair<std::size_t, std::size_t>{148, 64}, {1, 7}, {2, 1}, {7, 3}, {64, 148}, {65'535, 3}}) {
        const ResizeAxis axis(from, to);
        CHECK(axis.taps() % 2 == 0);
        for (std::size_t i = 0; i < to; ++i) {
            CHECK(axis.first(i) + axis.taps() <= from + 1);
            std::int64_t total = 0;
            for (std::size_t k = 0; k < axis.taps(); ++k) {
                CHECK(axis.weights(i)[k] >= 0);
                CHECK((axis.first(i) + k < from || axis.weights(i)[k] == 0));
                total += axis.weights(i)[k];
            }
            CHECK(std::abs(total - (1 << ResizeAxis::kPrecision)) <=
                  static_cast<std::int64_t>(axis.taps() / 2));
        }
    }
}

TEST_CASE("lengths that the fixed-point sums do not hold are refused") {
    CHECK_THROWS_AS(ResizeAxis(0, 4), Error);
    CHECK_THROWS_AS(ResizeAxis(4, 0), Error);
    CHECK_THROWS_AS(ResizeAxis(65'536, 4), Error);
    CHECK_THROWS_AS(ResizeAxis(4, 65'536), Error);
}

TEST_CASE("the longest white row neither overflows nor darkens") {
    Image image(65'535, 1, 3);
    std::ranges::fill(image.pixels, 255);
    for (const std::size_t width : {1u, 2u, 3u, 64u, 1000u}) {
        CHECK(std::ranges::all_of(resized(image, width, 1), [](std::uint8_t byte) { return byte >= 251; }));
    }
}

TEST_CASE("weights made for another size are refused") {
    const Image image(8, 8, 3);
    std::vector<std::uint8_t> planes(3 * 4 * 4), scratch;
    CHECK_THROWS_AS(resize(image.view(), ResizeAxis(9, 4), ResizeAxis(8, 4), planes.data(), scratch), Error);
}
