#pragma once
/// \file The shape of one sample and what a batch holds of it.

#include <cstddef>
#include <string>

namespace mollify {

/// One sample: an image of C×H×W, or a row of D features, written as D×1×1.
/// The letters mean the same everywhere: N samples, C channels, H rows, W columns, D features.
struct SampleShape {
    std::size_t channels = 0;
    std::size_t height = 1;
    std::size_t width = 1;

    /// A table row of `count` features.
    static constexpr SampleShape features(std::size_t count) { return {count, 1, 1}; }

    /// Elements of one channel, H·W.
    constexpr std::size_t plane() const { return height * width; }
    /// Elements of one sample, C·H·W.
    constexpr std::size_t elements() const { return channels * plane(); }
    constexpr bool is_image() const { return plane() > 1; }

    bool operator==(const SampleShape&) const = default;
};

/// "3x32x32" for images, "11" for table rows.
std::string to_string(const SampleShape& shape);

/// In which form the samples of a batch are held.
enum class Content {
    encoded,  ///< one JPEG or PNG file per row
    bytes,    ///< uint8, N×C×H×W
    values    ///< float32, N×C×H×W or N×D
};

/// "encoded", "bytes" or "values".
const char* to_string(Content content);

/// What a data set delivers and what a stage turns it into.
struct Format {
    Content content = Content::values;
    SampleShape shape = {};  ///< not known yet (all of it zero elements) while `content` is encoded

    bool operator==(const Format&) const = default;
};

}  // namespace mollify
