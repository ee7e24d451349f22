#include <algorithm>
#include <string>

#include <mollify/stages/dequantize.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/gaussian.hpp>
#include <mollify/stages/instruction_set.hpp>
#include <mollify/stages/kernel/kernel.hpp>
#include <mollify/stages/noise.hpp>

namespace mollify {

void Dequantize::operator()(Batch& batch) const {
    batch.require(Content::bytes, kName);
    batch.require_room(Content::bytes, kName);
    batch.require_room(Content::values, kName);
    const auto& loops = kernel::kernel(active_instruction_set());
    const std::size_t elements = batch.shape().elements();
    for (std::size_t row = 0; row < batch.size(); ++row) {
        const auto start =
            noise_start(Stream::dequantize, {seed_, batch.iteration(), batch.ids()[row]}, elements);
        loops.dequantize({.in = batch.bytes_to_read(row).data(),
                          .out = batch.values(row).data(),
                          .elements = elements,
                          .plane = std::max<std::size_t>(1, elements),
                          .scale = AffineView::kOne,
                          .shift = AffineView::kMinusZero,
                          .alpha = 1,
                          .sigma = 0,
                          .next = bytes_after(batch, row)},
                         start);
    }
    batch.set_content(Content::values);
}

Format Dequantize::output(const Format& input) const {
    if (input.content != Content::bytes) {
        throw ConfigError(std::string("dequantize needs bytes, not ") + to_string(input.content) +
                          ": it comes before anything that makes values");
    }
    return {Content::values, input.shape};
}

}  // namespace mollify
