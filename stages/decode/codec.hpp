#pragma once
/// \file Pixels out of JPEG and PNG files. Private to this folder: users meet decode.hpp.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <mollify/stages/decode/image_header.hpp>
#include <mollify/stages/decode/resize.hpp>

namespace mollify {

/// Part of an image, inside it.
struct Region {
    std::size_t left = 0;
    std::size_t top = 0;
    std::size_t width = 0;
    std::size_t height = 0;
};

/// Which pixels of a file to decode, and how.
struct Extract {
    ImageHeader header;        ///< of the same file
    Region region;             ///< the part wanted
    std::size_t channels = 3;  ///< 1 grey or 3 colour
    bool strict = true;        ///< refuse what the decoder only warns about
};

/// Decodes by libjpeg-turbo: only the rows wanted are transformed, with the library's defaults (slow integer
/// transform, smooth chroma), so that the pixels are those of a full decode and of Pillow. Grey is the luma
/// plane. Throws DataError with the byte up to which the decoder had come: the damage is there or shortly behind.
/// \param memory holds the pixels that the result shows, and kReadPast bytes more; grown as needed
PixelView decode_jpeg(std::span<const std::byte> file, const Extract& extract,
                      std::vector<std::uint8_t>& memory);

/// Decodes by OpenCV: 16 bits become 8 by their high byte, palettes become colours, alpha is dropped, grey is
/// (19595 R + 38470 G + 7471 B + 32768) / 65536 (ITU-R 601-2, as in Pillow). Otherwise as decode_jpeg().
PixelView decode_png(std::span<const std::byte> file, const Extract& extract,
                     std::vector<std::uint8_t>& memory);

}  // namespace mollify
