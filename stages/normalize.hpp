#pragma once
/// \file The affine map from stored numbers to those that a model sees.

#include <span>
#include <vector>

#include <mollify/stages/batch.hpp>

namespace mollify {

/// y = fma(scale, x, shift), in float32, with one scale and shift per channel (images) or per feature
/// (tables), or one for all. Takes bytes or values, leaves values. Bytes count 0…255; after Dequantize, whose
/// values lie in [0, 1), the way to [-1, 1) is affine({2}, {-1}).
class Normalize {
  public:
    static constexpr const char* kName = "normalize";

    /// Bytes 0…255 to [0, 1].
    static Normalize to_unit_range();
    /// Bytes 0…255 to [-1, 1]: (v/255 - 0.5)/0.5, at most 2^-23 below it; 0 gives -1, 255 gives 1 - 2^-23.
    static Normalize to_symmetric_range();
    /// y = scale[c]·x + shift[c]; both of one length: 1, or the number of channels or features. Scales not 0,
    /// all finite.
    static Normalize affine(std::vector<float> scale, std::vector<float> shift);
    /// y = (x - mean[c])/deviation[c]; deviations above 0. As an affine map in float32 this loses about
    /// |mean/deviation|·1e-7; tables whose columns lie far from 0 are better standardized in double when they
    /// are read.
    static Normalize standardize(std::span<const double> mean, std::span<const double> deviation);

    void operator()(Batch& batch) const;
    /// Throws ConfigError for encoded content, and for a number of scales that does not fit the shape.
    Format output(const Format& input) const;

    const std::vector<float>& scale() const { return scale_; }
    const std::vector<float>& shift() const { return shift_; }

  private:
    Normalize(std::vector<float> scale, std::vector<float> shift);

    std::vector<float> scale_;
    std::vector<float> shift_;
};

}  // namespace mollify
