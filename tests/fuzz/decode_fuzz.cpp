// Any bytes give pixels or an Error, strict or not, cropped or not, in bounded memory.
#include <cstdint>
#include <span>
#include <vector>

#include <mollify/stages/decode/decode.hpp>
#include <mollify/stages/error.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using mollify::Decode;
    constexpr std::uint64_t kMaxPixels = 1 << 16;
    static const Decode decodes[] = {
        Decode({.output = {3, 24, 16}, .max_pixels = kMaxPixels, .strict = true}),
        Decode({.output = {3, 8, 8}, .crop = 11, .max_pixels = kMaxPixels}),
        Decode({.output = {1, 9, 40}, .max_pixels = kMaxPixels}),
    };
    for (const Decode& decode : decodes) {
        std::vector<std::uint8_t> planes(decode.options().output.elements());
        try {
            decode.decode(std::as_bytes(std::span(data, size)), planes);
        } catch (const mollify::Error&) {
        }
    }
    return 0;
}
