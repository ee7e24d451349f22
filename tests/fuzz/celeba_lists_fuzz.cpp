// Any text gives lists of equal lengths or a DataError.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <mollify/datasets/images/celeba_lists.hpp>
#include <mollify/stages/error.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        const auto partition = mollify::parse_celeba_partition(text, "partition");
        if (partition.files.empty() || partition.files.size() != partition.parts.size()) std::abort();
    } catch (const mollify::DataError&) {
    }
    try {
        const auto attributes = mollify::parse_celeba_attributes(text, "attributes");
        if (attributes.files.empty() || attributes.files.size() != attributes.bits.size()) std::abort();
        if (attributes.names.empty() || attributes.names.size() > 64) std::abort();
    } catch (const mollify::DataError&) {
    }
    return 0;
}
