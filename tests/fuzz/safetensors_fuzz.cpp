// Any bytes give tensors that fill the numbers without an overlap, or a DataError. The first byte is the number of
// bytes that the header has to account for, the rest the header's text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/tensors/safetensors_header.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    try {
        const auto header = mollify::parse_safetensors_header(text, data[0], "fuzz");
        std::size_t covered = 0;
        for (const auto& entry : header.tensors) {
            std::size_t bytes = mollify::bytes_of(entry.dtype);
            if (bytes == 0 || entry.begin % bytes != 0 || entry.begin != covered) std::abort();
            for (const auto extent : entry.shape) {
                if (extent < 0) std::abort();
                bytes *= static_cast<std::size_t>(extent);
            }
            if (entry.end - entry.begin != bytes) std::abort();
            covered = entry.end;
        }
        if (covered != data[0]) std::abort();
    } catch (const mollify::DataError&) {
    }
    return 0;
}
