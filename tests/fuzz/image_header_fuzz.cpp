// Any bytes give a header or a DataError.
#include <cstdint>
#include <cstdlib>
#include <span>

#include <mollify/stages/decode/image_header.hpp>
#include <mollify/stages/error.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const auto header = mollify::read_image_header(std::as_bytes(std::span(data, size)));
        if (header.width == 0 || header.height == 0 || header.channels == 0) std::abort();
    } catch (const mollify::DataError&) {
    }
    return 0;
}
