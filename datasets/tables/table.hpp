#pragma once
/// \file A table of numbers, and the rule that clears it of repeated columns.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace mollify {

/// N rows of D numbers, row-major, in the order of the file that they came from.
struct Table {
    std::string source;              ///< file (and data set in it) for messages; may be empty
    std::vector<std::string> names;  ///< of the D columns; empty where the source names none
    std::size_t columns = 0;         ///< D
    std::vector<double> values;      ///< N·D

    std::size_t rows() const { return columns ? values.size() / columns : 0; }
    std::span<const double> row(std::size_t index) const {
        return std::span(values).subspan(index * columns, columns);
    }
    double operator()(std::size_t row, std::size_t column) const { return values[row * columns + column]; }
    /// "'pH' (column 9)", or "column 9" where it has no name; counted from 1.
    std::string describe(std::size_t column) const;
};

/// The chosen columns (0-based), in the order given. Throws DataError for a column that is not there.
Table select_columns(const Table& table, std::span<const std::size_t> columns);

/// Drops columns that (nearly) repeat another: as long as there is one, the first column whose signed Pearson
/// correlation with some other column exceeds `limit` is removed, and the correlations are taken afresh. The
/// clean-up rule of Papamakarios et al. (2017) that the Parkinsons columns come from.
/// Throws DataError naming a constant column, whose correlation does not exist.
Table drop_correlated_columns(const Table& table, double limit = 0.98);

}  // namespace mollify
