// Any text gives at least one row, or a DataError.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <mollify/datasets/tables/uci.hpp>
#include <mollify/stages/error.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        mollify::parse_miniboone({reinterpret_cast<const char*>(data), size}, "fuzz");
    } catch (const mollify::DataError&) {
    }
    return 0;
}
