#pragma once
/// \file Images side by side: samples of a model, a batch along the schedule.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include <mollify/stages/normalize.hpp>
#include <mollify/stages/shape.hpp>

namespace mollify {

/// Pixels in memory: C×H×W bytes, C being 1 or 3.
struct Picture {
    SampleShape shape;
    std::vector<std::uint8_t> planes;
};

struct MontageOptions {
    std::size_t columns = 8;         ///< images per row, at least 1
    std::size_t gap = 2;             ///< pixels between two images, and around them all
    std::size_t scale = 2;           ///< every pixel becomes scale × scale, at least 1
    std::uint8_t background = 0xff;  ///< of the gaps and of places without an image
};

/// N images in rows of options.columns. \param samples N×C×H×W bytes of `shape`
/// Throws ConfigError for no columns, a scale of 0, channels other than 1 and 3, or bytes that are not whole
/// images.
Picture montage(std::span<const std::uint8_t> samples, const SampleShape& shape,
                const MontageOptions& options = {});

/// Two pictures of the same channels side by side, `gap` white pixels between them, aligned at the top.
Picture beside(const Picture& left, const Picture& right, std::size_t gap);

/// Values as a model sees them back to bytes: the inverse of `normalize`, rounded and clipped to 0…255; what
/// is not finite becomes 0. \param values N×C×H×W of `shape`
std::vector<std::uint8_t> display_bytes(std::span<const float> values, const SampleShape& shape,
                                        const Normalize& normalize);

/// Writes a PNG file, whole or not at all. Throws FigureError.
void write_png(const std::filesystem::path& path, const Picture& picture);

}  // namespace mollify
