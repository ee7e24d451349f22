#include <algorithm>
#include <cmath>

#include <mollify/datasets/storage/atomic_file.hpp>
#include <mollify/stages/decode/encode.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/trainers/figures/gnuplot.hpp>
#include <mollify/trainers/figures/montage.hpp>

namespace mollify {
namespace {

Picture blank(const SampleShape& shape, std::uint8_t colour) {
    return {shape, std::vector<std::uint8_t>(shape.elements(), colour)};
}

/// Copies C×H×W bytes into `picture` with the upper left corner at (left, top), each pixel scale × scale.
void paste(Picture& picture, std::span<const std::uint8_t> planes, const SampleShape& shape, std::size_t left,
           std::size_t top, std::size_t scale) {
    for (std::size_t channel = 0; channel < shape.channels; ++channel) {
        for (std::size_t y = 0; y < shape.height * scale; ++y) {
            const auto* in = planes.data() + channel * shape.plane() + y / scale * shape.width;
            auto* out = picture.planes.data() + channel * picture.shape.plane() +
                        (top + y) * picture.shape.width + left;
            for (std::size_t x = 0; x < shape.width * scale; ++x) out[x] = in[x / scale];
        }
    }
}

}  // namespace

Picture montage(std::span<const std::uint8_t> samples, const SampleShape& shape,
                const MontageOptions& options) {
    if (options.columns == 0 || options.scale == 0 || (shape.channels != 1 && shape.channels != 3) ||
        shape.elements() == 0 || samples.empty() || samples.size() % shape.elements() != 0) {
        throw ConfigError(
            "a montage needs at least one column, a scale of at least 1, and whole images of 1 or 3 "
            "channels");
    }
    const auto count = samples.size() / shape.elements();
    const auto columns = std::min(options.columns, count);
    const auto rows = (count + columns - 1) / columns;
    const auto pitch = [&](std::size_t side) { return side * options.scale + options.gap; };
    auto picture = blank({shape.channels, rows * pitch(shape.height) + options.gap,
                          columns * pitch(shape.width) + options.gap},
                         options.background);
    for (std::size_t i = 0; i < count; ++i) {
        paste(picture, samples.subspan(i * shape.elements(), shape.elements()), shape,
              options.gap + i % columns * pitch(shape.width), options.gap + i / columns * pitch(shape.height),
              options.scale);
    }
    return picture;
}

Picture beside(const Picture& left, const Picture& right, std::size_t gap) {
    if (left.shape.channels != right.shape.channels)
        throw ConfigError("pictures side by side need the same number of channels");
    auto picture = blank({left.shape.channels, std::max(left.shape.height, right.shape.height),
                          left.shape.width + gap + right.shape.width},
                         0xff);
    paste(picture, left.planes, left.shape, 0, 0, 1);
    paste(picture, right.planes, right.shape, left.shape.width + gap, 0, 1);
    return picture;
}

std::vector<std::uint8_t> display_bytes(std::span<const float> values, const SampleShape& shape,
                                        const Normalize& normalize) {
    const auto& scale = normalize.scale();
    const auto& shift = normalize.shift();
    std::vector<std::uint8_t> bytes(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto channel = scale.size() == 1 ? 0 : i / shape.plane() % shape.channels;
        const float level = (values[i] - shift[channel]) / scale[channel];
        if (std::isfinite(level))
            bytes[i] = static_cast<std::uint8_t>(std::clamp(std::round(level), 0.0f, 255.0f));
    }
    return bytes;
}

void write_png(const std::filesystem::path& path, const Picture& picture) {
    try {
        const auto file = encode_png(picture.planes, picture.shape);
        AtomicFile output(path);
        output.write(file);
        output.commit();
    } catch (const Error& error) {
        throw FigureError(error.what());
    }
}

}  // namespace mollify
