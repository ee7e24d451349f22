#pragma once
/// \file The stage that turns encoded files into pixels.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include <mollify/stages/batch.hpp>

namespace mollify {

struct DecodeOptions {
    SampleShape output{3, 32, 32};  ///< what every sample becomes; channels 1 (grey) or 3 (red, green, blue)
    /// Side, in pixels, of the square that is cut out of the middle first; 0 for none. It begins at column
    /// (width-crop)/2 and row (height-crop)/2, rounded down: 148 of CelebA's 178×218 begins at 15, 35.
    std::size_t crop = 0;
    /// Whether images of another size (after the crop) are resized to the output's; otherwise they are
    /// errors.
    bool resize = true;
    /// Most pixels, width × height, that a file's header may announce; larger ones, and sides above 65,535,
    /// are refused before decoding.
    std::uint64_t max_pixels = std::uint64_t{1} << 26;
    /// Whether to refuse JPEG files that the decoder complains about although all pixels are what they were
    /// encoded as: bytes without meaning between segments or before the end mark. Many cameras and editors leave
    /// some, so they are tolerated by default, and told to `on_tolerated`. Cut and damaged files are always refused.
    bool strict = false;
    /// Told of each tolerated complaint, in words; called from the threads that decode. May be empty.
    std::function<void(SampleId, const std::string&)> on_tolerated = {};
};

/// JPEG and PNG files to bytes: decode, crop, resize, each sample straight into its row of the batch (C×H×W).
///
/// JPEG pixels equal libjpeg-turbo's defaults, hence Pillow's, bit for bit; resizing equals Pillow's
/// `resize(…, BILINEAR)`, which averages over the area when reducing. As in Pillow and torchvision an
/// orientation written in EXIF is not applied; four inks (CMYK, YCCK) become colours by Pillow's formula, within one
/// level. Of a JPEG only the rows of the crop are decoded in full:
/// damage below them goes unnoticed unless the file's end is missing.
///
/// A file that cannot be used throws SampleError: not a JPEG or PNG, cut, damaged, too large, smaller than the crop,
/// of another size where resizing is off. Copies share a cache of resize
/// weights. Thread-safe, as are different rows of a batch.
class Decode {
  public:
    static constexpr const char* kName = "decode";

    /// Throws ConfigError for channels other than 1 and 3, sizes outside 1 to 65,535, or a limit of 0.
    explicit Decode(const DecodeOptions& options);

    void operator()(Batch& batch) const { (*this)(batch, serial_rows); }
    /// The same, with the rows spread as `rows` does it.
    void operator()(Batch& batch, const RowLoop& rows) const;
    /// Bytes of the output shape; throws ConfigError unless `input` is encoded.
    Format output(const Format& input) const;

    /// Decodes one file to C×H×W bytes of the output shape. Throws DataError, without a path.
    /// \returns what was tolerated (see DecodeOptions::strict), or ""; `on_tolerated` is not called
    std::string decode(std::span<const std::byte> file, std::span<std::uint8_t> planes) const;

    const DecodeOptions& options() const { return options_; }

  private:
    class Axes;

    DecodeOptions options_;
    std::shared_ptr<Axes> axes_;
};

}  // namespace mollify
