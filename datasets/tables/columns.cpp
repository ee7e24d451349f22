#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>
#include <system_error>
#include <utility>

#include <mollify/datasets/tables/columns.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

constexpr std::size_t kShownNames = 20;

/// The columns of a table one after the other, centred and scaled to length 1: their dot products are
/// correlations.
std::vector<double> unit_columns(const Table& table) {
    const std::size_t rows = table.rows();
    std::vector<double> units(table.columns * rows);
    for (std::size_t column = 0; column < table.columns; ++column) {
        double* const unit = units.data() + column * rows;
        long double sum = 0;
        for (std::size_t row = 0; row < rows; ++row) sum += table(row, column);
        const auto mean = static_cast<double>(sum / static_cast<long double>(rows));
        long double squares = 0;
        for (std::size_t row = 0; row < rows; ++row) {
            unit[row] = table(row, column) - mean;
            squares += static_cast<long double>(unit[row]) * unit[row];
        }
        const auto length = static_cast<double>(std::sqrt(squares));
        if (!(length > 0)) {
            throw DataError(table.source, table.describe(column),
                            "all values are equal, so the column correlates with nothing",
                            table.leaving_out({&column, 1}));
        }
        for (std::size_t row = 0; row < rows; ++row) unit[row] /= length;
    }
    return units;
}

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(' ');
    return begin == text.npos ? "" : text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

std::optional<std::size_t> named(const Table& table, const std::string& name) {
    const auto found = std::ranges::find(table.names, name);
    if (name.empty() || found == table.names.end()) return std::nullopt;
    if (std::find(found + 1, table.names.end(), name) != table.names.end()) {
        throw DataError(
            table.source, "", "has several columns named '" + name + "'",
            "choose by position: --set data.columns=" + std::to_string(found - table.names.begin() + 1));
    }
    return static_cast<std::size_t>(found - table.names.begin());
}

/// First and last column of "3", "3-6" or "3-".
std::pair<std::size_t, std::size_t> positioned(const Table& table, const std::string& entry) {
    const char* const end = entry.data() + entry.size();
    std::size_t first = 0;
    auto [at, code] = std::from_chars(entry.data(), end, first);
    std::size_t last = first;
    if (code == std::errc() && at != end && *at == '-') {
        last = table.columns;
        if (++at != end) {
            const auto parsed = std::from_chars(at, end, last);
            at = parsed.ptr;
            code = parsed.ec;
        }
    }
    if (code == std::errc() && at == end && first >= 1 && first <= last && last <= table.columns) {
        return {first - 1, last - 1};
    }
    std::vector<std::string> names;
    for (const auto& name : table.names) {
        if (!name.empty()) names.push_back(name);
    }
    std::string list;
    for (std::size_t i = 0; i < std::min(names.size(), kShownNames); ++i)
        list += (i ? ", " : ": ") + names[i];
    if (names.size() > kShownNames) list += ", and " + std::to_string(names.size() - kShownNames) + " more";
    throw DataError(table.source, "", "has no column '" + entry + "'" + suggestion(entry, names),
                    "data.columns takes positions from 1 to " + std::to_string(table.columns) +
                        ", such as 1,3-" + (names.empty() ? "" : ", and names" + list));
}

}  // namespace

std::vector<std::size_t> chosen_columns(const std::string& choice, const Table& table) {
    std::vector<std::size_t> columns;
    if (const auto whole = named(table, choice)) return {*whole};  // a name may hold commas
    for (std::size_t begin = 0; begin <= choice.size();) {
        const auto end = std::min(choice.find(',', begin), choice.size());
        const std::string entry = trimmed(choice.substr(begin, end - begin));
        begin = end + 1;
        const auto [first, last] = named(table, entry) ? std::pair(*named(table, entry), *named(table, entry))
                                                       : positioned(table, entry);
        for (std::size_t column = first; column <= last; ++column) {
            if (std::ranges::find(columns, column) != columns.end()) {
                throw DataError(table.source, table.describe(column), "is chosen twice",
                                "name it once in data.columns");
            }
            columns.push_back(column);
        }
    }
    return columns;
}

Table select_columns(const Table& table, std::span<const std::size_t> columns) {
    Table result{table.source, {}, columns.size(), {}, {}, table.remarks};
    for (const std::size_t column : columns) {
        if (column >= table.columns) {
            throw DataError(table.source, "column " + std::to_string(column + 1),
                            "the table has only " + std::to_string(table.columns) + " columns",
                            "choose other columns");
        }
        if (!table.names.empty()) result.names.push_back(table.names[column]);
        result.positions.push_back(table.position(column));
    }
    result.values.reserve(table.rows() * columns.size());
    for (std::size_t row = 0; row < table.rows(); ++row) {
        for (const std::size_t column : columns) result.values.push_back(table(row, column));
    }
    return result;
}

Table drop_correlated_columns(const Table& table, double limit) {
    const std::size_t rows = table.rows();
    const auto units = unit_columns(table);
    const auto correlation = [&](std::size_t a, std::size_t b) {
        const double* const left = units.data() + a * rows;
        return std::inner_product(left, left + rows, units.data() + b * rows, 0.0);
    };
    // A removal leaves the other columns' correlations as they were: "taking them afresh" is asking again
    // among the columns that remain.
    std::vector<std::size_t> kept(table.columns);
    std::iota(kept.begin(), kept.end(), std::size_t{0});
    for (auto repeated = kept.begin(); repeated != kept.end();) {
        repeated = std::find_if(kept.begin(), kept.end(), [&](std::size_t a) {
            return std::any_of(kept.begin(), kept.end(),
                               [&](std::size_t b) { return a != b && correlation(a, b) > limit; });
        });
        if (repeated != kept.end()) {
            kept.erase(repeated);
            repeated = kept.begin();
        }
    }
    return select_columns(table, kept);
}

}  // namespace mollify
