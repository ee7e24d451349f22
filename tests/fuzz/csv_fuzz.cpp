// Any text, read with any settings, gives a table of finite numbers with whole rows, or a DataError.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <mollify/datasets/tables/csv.hpp>
#include <mollify/stages/error.hpp>

namespace {

void parse(std::string_view text, const mollify::CsvOptions& options) {
    try {
        const mollify::Table table = mollify::parse_csv(text, "fuzz", options);
        if (table.columns == 0 || table.values.empty() || table.values.size() % table.columns != 0)
            std::abort();
        if (!table.names.empty() && table.names.size() != table.columns) std::abort();
        if (table.positions.size() != table.columns) std::abort();
        for (const double value : table.values) {
            if (!std::isfinite(value)) std::abort();
        }
    } catch (const mollify::DataError&) {
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    parse(text, {});
    parse(text, {.header = mollify::CsvOptions::Header::skip, .decimal = ','});
    // The first line also says which columns, as a user might, of the rest.
    const auto line = text.substr(0, text.find('\n'));
    parse(text.substr(line.size()), {.delimiter = ',', .columns = std::string(line)});
    return 0;
}
