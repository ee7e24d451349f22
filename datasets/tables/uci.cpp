#include <algorithm>
#include <charconv>
#include <numeric>
#include <string_view>

#include <mollify/datasets/storage/mapped_file.hpp>
#include <mollify/datasets/tables/columns.hpp>
#include <mollify/datasets/tables/csv.hpp>
#include <mollify/datasets/tables/uci.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

/// How a file looks when it comes from the repository.
struct RawFile {
    const char* file;
    std::size_t bytes;
    std::size_t rows;
    std::size_t columns;
    const char* origin;
};

constexpr RawFile kRedWine{"winequality-red.csv", 84199, 1599, 12, "UCI data set 186, Wine Quality"};
constexpr RawFile kWhiteWine{"winequality-white.csv", 264426, 4898, 12, "UCI data set 186, Wine Quality"};
constexpr RawFile kParkinsons{"parkinsons_updrs.data", 911261, 5875, 22,
                              "UCI data set 189, Parkinsons Telemonitoring"};
constexpr const char* kMiniBooneFile = "MiniBooNE_PID.txt";
constexpr const char* kMiniBooneOrigin = "UCI data set 199, MiniBooNE particle identification";
constexpr std::size_t kMiniBooneColumns = 50;

std::string fetch_again(const char* origin) { return std::string("take the original file of ") + origin; }

/// Re-saved copies with rounded values circulate: only the original file gives the authors' arrays.
Table read_raw(const RawFile& raw, const std::filesystem::path& folder) {
    const MappedFile file(folder / raw.file);
    if (file.size() != raw.bytes) {
        throw DataError(
            file.path(), "byte " + std::to_string(std::min(file.size(), raw.bytes)),
            "has " + std::to_string(file.size()) + " bytes, the original " + std::to_string(raw.bytes),
            fetch_again(raw.origin));
    }
    Table table = parse_csv(file.text(), file.path());
    if (table.rows() != raw.rows || table.columns != raw.columns || table.names.empty()) {
        throw DataError(file.path(), "",
                        "holds " + std::to_string(table.rows()) + " rows of " +
                            std::to_string(table.columns) + " columns, the original " +
                            std::to_string(raw.rows) + " of " + std::to_string(raw.columns) +
                            " with their names",
                        fetch_again(raw.origin));
    }
    return table;
}

/// Columns first, first+1, …, last-1.
Table column_range(const Table& table, std::size_t first, std::size_t last) {
    std::vector<std::size_t> columns(last - first);
    std::iota(columns.begin(), columns.end(), first);
    return select_columns(table, columns);
}

Table read_miniboone(const std::filesystem::path& folder) {
    const MappedFile file(folder / kMiniBooneFile);
    Table table = parse_miniboone(file.text(), file.path());
    if (table.rows() != 36488 || table.columns != 43) {
        throw DataError(file.path(), "",
                        "gives " + std::to_string(table.rows()) + " rows of " +
                            std::to_string(table.columns) + " columns, the original 36488 of 43",
                        fetch_again(kMiniBooneOrigin));
    }
    return table;
}

}  // namespace

const std::vector<std::string>& uci_names() {
    static const std::vector<std::string> names{"redwine", "whitewine", "parkinsons", "miniboone"};
    return names;
}

Table parse_miniboone(std::string_view text, const std::string& source) {
    std::size_t counts[2] = {};
    const char* at = text.data();
    const char* const line_end = text.data() + std::min(text.find('\n'), text.size());
    for (std::size_t& count : counts) {
        while (at != line_end && *at == ' ') ++at;
        const auto [end, code] = std::from_chars(at, line_end, count);
        if (code != std::errc() || count >= std::size_t{1} << 32) {
            throw DataError(source, "line 1", "does not begin with the numbers of signal and background rows",
                            fetch_again(kMiniBooneOrigin));
        }
        at = end;
    }
    const Table all = parse_csv(text, source, {.delimiter = ' ', .skip_lines = 1});
    if (all.columns != kMiniBooneColumns || all.rows() != counts[0] + counts[1] || !all.names.empty()) {
        throw DataError(source, "",
                        "holds " + std::to_string(all.rows()) + " rows of " + std::to_string(all.columns) +
                            " columns where its first line announces " +
                            std::to_string(counts[0] + counts[1]) + " of " +
                            std::to_string(kMiniBooneColumns),
                        fetch_again(kMiniBooneOrigin));
    }
    Table signal{source, {}, all.columns, {}};
    for (std::size_t row = 0; row < counts[0]; ++row) {
        if (all(row, 0) < -100) continue;  // -999 marks an event without measurements
        signal.values.insert(signal.values.end(), all.row(row).begin(), all.row(row).end());
    }
    if (signal.values.empty()) {
        throw DataError(source, "", "holds no signal row with measurements", fetch_again(kMiniBooneOrigin));
    }
    std::vector<std::size_t> kept;
    for (std::size_t column = 0; column < signal.columns; ++column) {
        double least = signal(0, column);
        std::size_t count = 0;
        for (std::size_t row = 0; row < signal.rows(); ++row) {
            const double value = signal(row, column);
            if (value < least) {
                least = value;
                count = 0;
            }
            count += value == least;
        }
        if (count <= 5) kept.push_back(column);
    }
    return select_columns(signal, kept);
}

Table read_uci_table(const std::string& name, const std::filesystem::path& folder) {
    if (name == "redwine") return column_range(read_raw(kRedWine, folder), 0, 11);
    if (name == "whitewine") return column_range(read_raw(kWhiteWine, folder), 0, 11);
    if (name == "parkinsons")
        return drop_correlated_columns(column_range(read_raw(kParkinsons, folder), 3, 22));
    if (name == "miniboone") return read_miniboone(folder);
    throw ConfigError("unknown UCI data set '" + name + "'" + suggestion(name, uci_names()) +
                      " (known: redwine, whitewine, parkinsons, miniboone)");
}

std::shared_ptr<const TableSplit> load_uci(const std::string& name, const std::filesystem::path& folder) {
    return std::make_shared<const TableSplit>(
        split_and_standardize(read_uci_table(name, folder), "uci/" + name));
}

}  // namespace mollify
