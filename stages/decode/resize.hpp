#pragma once
/// \file Reducing and enlarging images of bytes: separable, area-true, the same bytes as Pillow's.

#include <cstddef>
#include <cstdint>
#include <vector>

#include <mollify/stages/instruction_set.hpp>

namespace mollify {

/// Decoded pixels in somebody else's memory, one row after the other.
struct PixelView {
    const std::uint8_t* data = nullptr;
    std::size_t width = 0;     ///< pixels
    std::size_t height = 0;    ///< rows
    std::size_t stride = 0;    ///< bytes from one row to the next
    std::size_t channels = 1;  ///< 1: one byte a pixel; 3: four bytes a pixel, the fourth without meaning

    std::size_t pixel_bytes() const { return channels == 1 ? 1 : 4; }
};

/// The weights of one axis: each of `to` output positions is a weighted mean of neighbouring input positions,
/// under a triangle as wide as two input positions or, reducing, two output positions. The triangle is
/// Pillow's BILINEAR (src/libImaging/Resample.c), in the same fixed-point numbers of 22 fractional bits.
///
/// Every output has the same number of taps, all inside the input (those outside the triangle weigh 0), so
/// that the inner loops have a fixed length. Immutable after construction, hence thread-safe.
class ResizeAxis {
  public:
    static constexpr int kPrecision = 22;  ///< fractional bits of a weight

    /// Both lengths from 1 to 65,535 pixels; throws Error otherwise.
    ResizeAxis(std::size_t from, std::size_t to);

    std::size_t from() const { return from_; }
    std::size_t to() const { return first_.size(); }
    /// Inputs per output. Even; may exceed `from` by 1, and the tap outside then weighs 0.
    std::size_t taps() const { return taps_; }
    /// First input of output `i`.
    std::size_t first(std::size_t i) const { return first_[i]; }
    /// taps() weights of output `i`, sum 2^22 but for rounding.
    const std::int32_t* weights(std::size_t i) const { return weights_.data() + i * taps_; }
    /// The same, each four times, as the vector kernel for four-byte pixels reads them.
    const std::int32_t* wide_weights(std::size_t i) const { return wide_weights_.data() + i * taps_ * 4; }

  private:
    std::size_t from_;
    std::size_t taps_ = 0;
    std::vector<std::size_t> first_;
    std::vector<std::int32_t> weights_;
    std::vector<std::int32_t> wide_weights_;
};

/// Resizes along the rows, then along the columns, each rounded to bytes: equal to Pillow's
/// `Image.resize((columns.to(), rows.to()), BILINEAR)` byte for byte, on every instruction set.
/// \param in      columns.from() × rows.from() pixels, with kReadPast readable bytes after the last
/// \param planes  written: channels × rows.to() × columns.to() bytes, one plane after the other
/// \param scratch memory for the intermediate image, grown as needed
/// \param set     AVX2 is used from `avx2` on, plain C++ below; the bytes are the same
void resize(const PixelView& in, const ResizeAxis& columns, const ResizeAxis& rows, std::uint8_t* planes,
            std::vector<std::uint8_t>& scratch, InstructionSet set = active_instruction_set());

/// Splits pixels into planes, without resizing. `planes` takes channels × height × width bytes.
void split_planes(const PixelView& in, std::uint8_t* planes, InstructionSet set = active_instruction_set());

/// How far behind the last pixel resize() may read (and ignore) bytes.
inline constexpr std::size_t kReadPast = 8;

}  // namespace mollify
