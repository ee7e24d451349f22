// Any bytes give an array with as many elements as its shape says, or a DataError.
#include <cstdint>
#include <cstdlib>
#include <span>

#include <mollify/datasets/tables/npy.hpp>
#include <mollify/stages/error.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const mollify::NpyArray array = mollify::parse_npy(std::as_bytes(std::span(data, size)), "fuzz");
        std::size_t count = 1;
        for (const std::size_t extent : array.shape) count *= extent;
        if (array.values.size() != count) std::abort();
        if (!array.fields.empty() && array.fields.size() != array.shape.back()) std::abort();
    } catch (const mollify::DataError&) {
    }
    return 0;
}
