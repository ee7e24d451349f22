#pragma once
/// \file Which columns of a table are kept.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <mollify/datasets/tables/table.hpp>

namespace mollify {

/// The columns of `table` (from 0) that `choice` names, in its order: names, positions from 1, and ranges of
/// positions ("3-6", "3-" up to the last), with commas between them: "alpha,3-6". A name goes before a position.
/// Only the table's source, names and number of columns are looked at. Throws DataError for what is not there (with
/// the names that are), for a name that several columns have, and for a column chosen twice.
std::vector<std::size_t> chosen_columns(const std::string& choice, const Table& table);

/// The chosen columns (0-based), in the order given. Throws DataError for a column that is not there.
Table select_columns(const Table& table, std::span<const std::size_t> columns);

/// Drops columns that (nearly) repeat another: as long as there is one, the first column whose signed Pearson
/// correlation with some other column exceeds `limit` is removed, and the correlations are taken afresh. The
/// clean-up rule of Papamakarios et al. (2017) that the Parkinsons columns come from.
/// Throws DataError naming a constant column, whose correlation does not exist.
Table drop_correlated_columns(const Table& table, double limit = 0.98);

}  // namespace mollify
