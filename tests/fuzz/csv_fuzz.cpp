// Any text gives a table of finite numbers with whole rows, or a DataError.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <mollify/datasets/tables/csv.hpp>
#include <mollify/stages/error.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        const mollify::Table table = mollify::parse_csv(text, "fuzz");
        if (table.columns == 0 || table.values.empty() || table.values.size() % table.columns != 0)
            std::abort();
        if (!table.names.empty() && table.names.size() != table.columns) std::abort();
        for (const double value : table.values) {
            if (!std::isfinite(value)) std::abort();
        }
    } catch (const mollify::DataError&) {
    }
    return 0;
}
