#pragma once
/// \file PNG files as tests look at them.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <vector>

#include <mollify/stages/decode/decode.hpp>
#include <mollify/stages/decode/image_header.hpp>
#include <mollify/tests/support/files.hpp>

namespace mollify::test {

struct DecodedPng {
    std::size_t width = 0;
    std::size_t height = 0;
    std::vector<std::uint8_t> planes;  // red, green, blue

    /// Part of the bytes that are darker than white, 0…1.
    double ink() const {
        const auto dark = std::ranges::count_if(planes, [](auto value) { return value < 0xf0; });
        return static_cast<double>(dark) / static_cast<double>(planes.size());
    }
};

inline DecodedPng decode_png_file(const std::filesystem::path& path) {
    const auto file = read_bytes(path);
    const auto header = read_image_header(file);
    DecodedPng png{header.width, header.height, {}};
    png.planes.resize(3 * png.width * png.height);
    Decode({.output = {3, png.height, png.width}}).decode(file, png.planes);
    return png;
}

}  // namespace mollify::test
