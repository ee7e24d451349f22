// Any bytes decompress to a bounded number of bytes, or to nothing.
#include <cstdint>
#include <cstdlib>
#include <span>

#include <mollify/datasets/hdf5/lzf.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto out = mollify::hdf5::decompress_lzf(std::as_bytes(std::span(data, size)), 88 * size);
    if (out && out->size() > 88 * size) std::abort();
    return 0;
}
