#pragma once
/// \file A table of numbers.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace mollify {

/// N rows of D numbers, row-major, in the order of the file that they came from.
struct Table {
    std::string source;  ///< file (and data set in it) for messages; may be empty
    std::vector<std::string>
        names;                   ///< of the D columns, "" for one without; empty where the source names none
    std::size_t columns = 0;     ///< D
    std::vector<double> values;  ///< N·D
    /// Of the D columns in the source, from 0; empty where they are all that it has, in its order.
    std::vector<std::size_t> positions = {};
    /// What was passed over, dropped or guessed while the table was read: one sentence each, for people.
    std::vector<std::string> remarks = {};

    std::size_t rows() const { return columns ? values.size() / columns : 0; }
    std::span<const double> row(std::size_t index) const {
        return std::span(values).subspan(index * columns, columns);
    }
    double operator()(std::size_t row, std::size_t column) const { return values[row * columns + column]; }
    /// Of a column in the source, from 0.
    std::size_t position(std::size_t column) const { return positions.empty() ? column : positions[column]; }
    /// "'pH' (column 9)", or "column 9" where it has no name; counted from 1, as in the source.
    std::string describe(std::size_t column) const;
    /// "leave the column out: --set data.columns=1-3,5", with the positions of all columns but these (in
    /// ascending order); a plain "leave the column out" where none would remain.
    std::string leaving_out(std::span<const std::size_t> columns) const;
};

/// Throws DataError with row and column (from 1) for NaN or infinity.
void require_finite(const Table& table);

/// A sentence for each column that counts the rows, from 0 or from 1: most likely row numbers, no data.
std::vector<std::string> row_number_remarks(const Table& table);

}  // namespace mollify
