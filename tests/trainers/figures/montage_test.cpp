#include <cmath>

#include <doctest/doctest.h>

#include <mollify/stages/error.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/tests/trainers/figures/picture.hpp>
#include <mollify/trainers/figures/gnuplot.hpp>
#include <mollify/trainers/figures/montage.hpp>

using namespace mollify;

namespace {

constexpr SampleShape kShape{3, 2, 4};

/// Every byte of every sample different, modulo 251.
std::vector<std::uint8_t> counting(std::size_t samples) {
    std::vector<std::uint8_t> bytes(samples * kShape.elements());
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i % 251);
    return bytes;
}

}  // namespace

TEST_CASE("every pixel of every sample lands at its place in the grid, scaled") {
    const auto samples = counting(5);
    const auto picture = montage(samples, kShape, {.columns = 3, .gap = 1, .scale = 2, .background = 7});
    REQUIRE(picture.shape == SampleShape{3, 2 * (4 + 1) + 1, 3 * (8 + 1) + 1});
    std::vector<bool> covered(picture.planes.size());
    for (std::size_t n = 0; n < 5; ++n) {
        for (std::size_t c = 0; c < 3; ++c) {
            for (std::size_t y = 0; y < 4; ++y) {
                for (std::size_t x = 0; x < 8; ++x) {
                    const auto top = 1 + n / 3 * 5 + y;
                    const auto left = 1 + n % 3 * 9 + x;
                    const auto at = (c * picture.shape.height + top) * picture.shape.width + left;
                    covered[at] = true;
                    REQUIRE(picture.planes[at] == samples[((n * 3 + c) * 2 + y / 2) * 4 + x / 2]);
                }
            }
        }
    }
    for (std::size_t i = 0; i < covered.size(); ++i) {
        if (!covered[i]) REQUIRE(picture.planes[i] == 7);
    }
}

TEST_CASE("fewer samples than columns make a narrow montage") {
    CHECK(montage(counting(2), kShape, {.columns = 8, .gap = 0, .scale = 1}).shape == SampleShape{3, 2, 8});
}

TEST_CASE("pictures side by side keep their pixels, with white between and below") {
    const Picture left{{1, 2, 1}, {1, 2}};
    const Picture right{{1, 1, 2}, {3, 4}};
    const auto both = beside(left, right, 1);
    CHECK(both.shape == SampleShape{1, 2, 4});
    CHECK(both.planes == std::vector<std::uint8_t>{1, 255, 3, 4, 2, 255, 255, 255});
    CHECK_THROWS_AS(beside(left, Picture{{3, 1, 1}, {0, 0, 0}}, 1), ConfigError);
}

TEST_CASE("values return to the bytes they were made of, clipped to what can be shown") {
    std::vector<float> values;
    for (int byte = 0; byte < 256; ++byte) values.push_back((byte / 255.0f - 0.5f) / 0.5f);
    const auto bytes = display_bytes(values, {1, 16, 16}, Normalize::to_symmetric_range());
    for (int byte = 0; byte < 256; ++byte) CHECK(int(bytes[static_cast<std::size_t>(byte)]) == byte);
    const std::vector<float> outside{-3, 3, NAN, -HUGE_VALF};
    CHECK(display_bytes(outside, {1, 2, 2}, Normalize::to_symmetric_range()) ==
          std::vector<std::uint8_t>{0, 255, 0, 0});
}

TEST_CASE("each channel has its own way back") {
    const std::vector<float> values{1, 1, 2, 2};
    CHECK(display_bytes(values, {2, 1, 2}, Normalize::affine({0.1f, 0.01f}, {0, 1})) ==
          std::vector<std::uint8_t>{10, 10, 100, 100});
}

TEST_CASE("a montage comes back from its PNG file bit for bit") {
    const test::TemporaryFolder folder;
    const auto picture = montage(counting(5), kShape);
    write_png(folder.path() / "montage.png", picture);
    const auto png = test::decode_png_file(folder.path() / "montage.png");
    CHECK(png.width == picture.shape.width);
    CHECK(png.height == picture.shape.height);
    CHECK(png.planes == picture.planes);
}

TEST_CASE("a PNG that cannot be written is a FigureError with the path") {
    const auto message = test::message_of<FigureError>(
        [] { write_png("/no-such-folder/montage.png", montage(counting(1), kShape)); });
    CHECK(message.find("/no-such-folder/montage.png") != std::string::npos);
}

TEST_CASE("a montage of nothing, of parts of images or of two channels is refused") {
    CHECK_THROWS_AS(montage({}, kShape), ConfigError);
    CHECK_THROWS_AS(montage(std::vector<std::uint8_t>(5), kShape), ConfigError);
    CHECK_THROWS_AS(montage(std::vector<std::uint8_t>(8), {2, 2, 2}), ConfigError);
    CHECK_THROWS_AS(montage(counting(1), kShape, {.columns = 0}), ConfigError);
}
