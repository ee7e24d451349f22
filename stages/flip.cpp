#include <algorithm>
#include <string>

#include <mollify/stages/error.hpp>
#include <mollify/stages/flip.hpp>
#include <mollify/stages/kernel/philox.hpp>

namespace mollify {
namespace {

template <class T>
void mirror_lines(std::span<T> sample, std::size_t width) {
    for (std::size_t line = 0; line < sample.size(); line += width) {
        std::ranges::reverse(sample.subspan(line, width));
    }
}

}  // namespace

HorizontalFlip::HorizontalFlip(std::uint64_t seed, double probability) : seed_(seed) {
    if (!(probability >= 0 && probability <= 1)) {
        throw ConfigError("flip: the probability is " + std::to_string(probability) +
                          "; it must be in [0, 1]");
    }
    threshold_ = static_cast<std::uint64_t>(probability * 0x1p32);
}

bool HorizontalFlip::flips(Iteration iteration, SampleId sample) const {
    return philox4x32(philox_counter(Stream::flip, iteration, sample, 0), philox_key(seed_))[0] < threshold_;
}

void HorizontalFlip::operator()(Batch& batch) const {
    output({batch.content(), batch.shape()});
    batch.require_room(batch.content(), kName);
    for (std::size_t row = 0; row < batch.size(); ++row) {
        if (!flips(batch.iteration(), batch.ids()[row])) continue;
        if (batch.content() == Content::bytes) {
            mirror_lines(batch.bytes(row), batch.shape().width);
        } else {
            mirror_lines(batch.values(row), batch.shape().width);
        }
    }
}

Format HorizontalFlip::output(const Format& input) const {
    if (input.content == Content::encoded) {
        throw ConfigError("flip needs bytes or values, not encoded files: decode first");
    }
    if (!input.shape.is_image()) {
        throw ConfigError("flip needs images; samples of " + to_string(input.shape) +
                          " features have no left and right");
    }
    return input;
}

}  // namespace mollify
