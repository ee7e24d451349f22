#pragma once
/// \file Pixels out of JPEG and PNG files. Private to this folder: users meet decode.hpp.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
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
};

/// Decodes by libjpeg-turbo: only the rows wanted are transformed, with the library's defaults (slow integer
/// transform, smooth chroma), so that the pixels are those of a full decode and of Pillow. Grey is the luma
/// plane. Four inks (CMYK, YCCK) become red, green and blue as in Pillow: they are taken to be stored inverted, as
/// Adobe's programs do, whether the file says so or not, and red is (255 - cyan)·(255 - black)/255; grey is then the
/// luma of decode_png(). Throws DataError with the byte up to which the decoder had come: the damage is there or
/// shortly behind.
/// \param memory    holds the pixels that the result shows, and kReadPast bytes more; grown as needed
/// \param tolerated what the decoder complained about although no pixel suffers: bytes without meaning between two
///                  segments or behind the pixels, numbers that it need not know. The first complaint; else untouched.
PixelView decode_jpeg(std::span<const std::byte> file, const Extract& extract,
                      std::vector<std::uint8_t>& memory, std::string& tolerated);

/// Decodes by OpenCV: 16 bits become 8 by their high byte, palettes become colours, alpha is dropped, grey is
/// luma(). Otherwise as decode_jpeg().
PixelView decode_png(std::span<const std::byte> file, const Extract& extract,
                     std::vector<std::uint8_t>& memory);

/// (19595 R + 38470 G + 7471 B + 32768) / 65536 (ITU-R 601-2, as in Pillow).
constexpr std::uint8_t luma(std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
    return static_cast<std::uint8_t>((19595u * red + 38470u * green + 7471u * blue + 0x8000u) >> 16);
}

}  // namespace mollify
