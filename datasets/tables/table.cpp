#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include <mollify/datasets/tables/table.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

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
                            "leave the column out");
        }
        for (std::size_t row = 0; row < rows; ++row) unit[row] /= length;
    }
    return units;
}

}  // namespace

std::string Table::describe(std::size_t column) const {
    const std::string number = "column " + std::to_string(column + 1);
    return column < names.size() ? "'" + names[column] + "' (" + number + ")" : number;
}

Table select_columns(const Table& table, std::span<const std::size_t> columns) {
    Table result{table.source, {}, columns.size(), {}};
    for (const std::size_t column : columns) {
        if (column >= table.columns) {
            throw DataError(table.source, "column " + std::to_string(column + 1),
                            "the table has only " + std::to_string(table.columns) + " columns",
                            "choose other columns");
        }
        if (!table.names.empty()) result.names.push_back(table.names[column]);
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
