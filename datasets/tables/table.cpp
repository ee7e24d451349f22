#include <algorithm>
#include <cmath>

#include <mollify/datasets/tables/table.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

/// "1-3,5" of {0, 1, 2, 4}.
std::string ranges(std::span<const std::size_t> positions) {
    std::string text;
    for (std::size_t begin = 0; begin < positions.size();) {
        std::size_t end = begin + 1;
        while (end < positions.size() && positions[end] == positions[end - 1] + 1) ++end;
        text += (text.empty() ? "" : ",") + std::to_string(positions[begin] + 1);
        if (end > begin + 1) text += "-" + std::to_string(positions[end - 1] + 1);
        begin = end;
    }
    return text;
}

bool counts_rows(const Table& table, std::size_t column) {
    const double first = table(0, column);
    if (first != 0 && first != 1) return false;
    for (std::size_t row = 1; row < table.rows(); ++row) {
        if (table(row, column) != first + static_cast<double>(row)) return false;
    }
    return true;
}

}  // namespace

std::string Table::describe(std::size_t column) const {
    const std::string number = "column " + std::to_string(position(column) + 1);
    return column < names.size() && !names[column].empty() ? "'" + names[column] + "' (" + number + ")"
                                                           : number;
}

std::string Table::leaving_out(std::span<const std::size_t> left_out) const {
    std::vector<std::size_t> kept;
    for (std::size_t column = 0; column < columns; ++column) {
        if (!std::ranges::binary_search(left_out, column)) kept.push_back(position(column));
    }
    const std::string advice = left_out.size() == 1 ? "leave the column out" : "leave the columns out";
    return kept.empty() ? advice : advice + ": --set data.columns=" + ranges(kept);
}

void require_finite(const Table& table) {
    for (std::size_t i = 0; i < table.values.size(); ++i) {
        if (std::isfinite(table.values[i])) continue;
        const std::size_t column = i % table.columns;
        throw DataError(table.source,
                        "row " + std::to_string(i / table.columns + 1) + ", " + table.describe(column),
                        "the value is not finite",
                        "replace missing values, remove the row, or " + table.leaving_out({&column, 1}));
    }
}

std::vector<std::string> row_number_remarks(const Table& table) {
    std::vector<std::string> remarks;
    if (table.rows() < 3) return remarks;
    for (std::size_t column = 0; column < table.columns; ++column) {
        if (!counts_rows(table, column)) continue;
        remarks.push_back(
            table.describe(column) + " counts the rows from " + (table(0, column) == 0 ? "0" : "1") +
            " and is modelled like the others; if it is no data, " + table.leaving_out({&column, 1}));
    }
    return remarks;
}

}  // namespace mollify
