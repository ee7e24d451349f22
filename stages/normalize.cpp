#include <cmath>
#include <string>

#include <mollify/stages/error.hpp>
#include <mollify/stages/gaussian.hpp>
#include <mollify/stages/normalize.hpp>

namespace mollify {

Normalize::Normalize(std::vector<float> scale, std::vector<float> shift)
    : scale_(std::move(scale)), shift_(std::move(shift)) {
    std::vector<std::string> problems;
    if (scale_.empty() || scale_.size() != shift_.size()) {
        problems.push_back("normalize: " + std::to_string(scale_.size()) + " scales and " +
                           std::to_string(shift_.size()) +
                           " shifts; there must be as many of each, at least one");
    }
    for (std::size_t c = 0; c < scale_.size(); ++c) {
        if (!std::isfinite(scale_[c]) || scale_[c] == 0 || !std::isfinite(1 / scale_[c])) {
            problems.push_back("normalize: scale " + std::to_string(c) + " is " + std::to_string(scale_[c]) +
                               "; it must be finite, not 0, and have a finite inverse");
        }
    }
    for (std::size_t c = 0; c < shift_.size(); ++c) {
        if (!std::isfinite(shift_[c])) {
            problems.push_back("normalize: shift " + std::to_string(c) + " is not finite");
        }
    }
    if (!problems.empty()) throw ConfigError(std::move(problems));
}

Normalize Normalize::to_unit_range() { return affine({1 / 255.0f}, {0.0f}); }

Normalize Normalize::to_symmetric_range() {
    // 65793·2^-23, the float below 2/255 = 65793.004·2^-23: v·65793 fits 24 bits, so that no result is
    // rounded. The float above is no nearer (the exact number lies half way) and would give 1.0000001 for
    // 255.
    return affine({0x1.0101p-7f}, {-1.0f});
}

Normalize Normalize::affine(std::vector<float> scale, std::vector<float> shift) {
    return {std::move(scale), std::move(shift)};
}

Normalize Normalize::standardize(std::span<const double> mean, std::span<const double> deviation) {
    std::vector<float> scale;
    std::vector<float> shift;
    for (const double d : deviation) {
        if (!(d > 0))
            throw ConfigError("normalize: a standard deviation is " + std::to_string(d) +
                              "; it must be above 0");
        scale.push_back(static_cast<float>(1 / d));
    }
    for (std::size_t c = 0; c < mean.size(); ++c) {
        shift.push_back(static_cast<float>(-mean[c] / (c < deviation.size() ? deviation[c] : 1)));
    }
    return {std::move(scale), std::move(shift)};
}

Format Normalize::output(const Format& input) const {
    if (input.content == Content::encoded) {
        throw ConfigError("normalize needs bytes or values, not encoded files: decode first");
    }
    if (scale_.size() != 1 && scale_.size() != input.shape.channels) {
        throw ConfigError("normalize has " + std::to_string(scale_.size()) + " scales, but samples are " +
                          to_string(input.shape) + ": give one, or one per channel or feature");
    }
    return {Content::values, input.shape};
}

void Normalize::operator()(Batch& batch) const {
    output({batch.content(), batch.shape()});
    mollify_batch(batch, {.scale = scale_, .shift = shift_}, {}, 0, kName);
}

}  // namespace mollify
