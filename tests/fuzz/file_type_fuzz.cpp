// Any bytes have a type, with its name and remedy, and those behind the first kTypeBytes do not change it.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>

#include <mollify/datasets/storage/file_type.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    const auto& type = mollify::file_type(bytes);
    if (*type.name == '\0' || *type.remedy == '\0') std::abort();
    if (&mollify::file_type(bytes.first(std::min(size, mollify::kTypeBytes))) != &type) std::abort();
    return 0;
}
