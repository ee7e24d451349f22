#pragma once
/// \file What a JPEG or PNG file says about itself, read before anything is decoded.

#include <cstddef>
#include <span>

namespace mollify {

enum class ImageFormat { jpeg, png };

struct ImageHeader {
    ImageFormat format = ImageFormat::jpeg;
    std::size_t width = 0;   ///< pixels, 1 to 65,535 (JPEG) or 2^31-1 (PNG)
    std::size_t height = 0;  ///< pixels, the same
    /// Components as stored: 1 grey (or a palette's index), 2 grey and alpha, 3 colour, 4 colour and alpha
    /// (PNG) or four inks (JPEG).
    std::size_t channels = 0;
    /// Whether the file reaches its own end mark (JPEG's EOI, PNG's IEND). A file without it was cut.
    bool complete = false;

    bool operator==(const ImageHeader&) const = default;
};

/// Walks over the segments (ITU-T T.81, B.1) or chunks (ISO/IEC 15948, 5.3) of a file in memory, without
/// decoding. Never reads outside `file`, in time proportional to its size. Throws DataError with the byte for
/// anything that is not a JPEG or PNG (other usual formats are named), for a file that ends before its pixels begin, and for impossible or
/// unsupported headers. \param file the whole file; thread-safe.
ImageHeader read_image_header(std::span<const std::byte> file);

}  // namespace mollify
