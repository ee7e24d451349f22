#pragma once
/// \file Pixels to PNG files.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <mollify/stages/shape.hpp>

namespace mollify {

/// The PNG file of one image, without loss, by OpenCV. Thread-safe.
/// \param planes C×H×W bytes, C being 1 (grey) or 3 (red, green, blue)
/// Throws Error for other channels or another number of bytes, and where OpenCV refuses.
std::vector<std::byte> encode_png(std::span<const std::uint8_t> planes, const SampleShape& shape);

}  // namespace mollify
