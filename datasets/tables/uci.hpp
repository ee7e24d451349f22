#pragma once
/// \file The UCI tables that the mollification paper trains on, from the files as the repository distributes
/// them.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mollify/datasets/tables/table_split.hpp>

namespace mollify {

/// "redwine", "whitewine", "parkinsons", "miniboone".
const std::vector<std::string>& uci_names();

/// The table that the paper's authors trained on, bit for bit: their columns, all rows, in file order.
/// `folder` holds the raw files under their own names:
///   redwine     winequality-red.csv      all columns but `quality`                               1,599 × 11
///   whitewine   winequality-white.csv    all columns but `quality`                               4,898 × 11
///   parkinsons  parkinsons_updrs.data    without subject#, age, sex, and without the columns that
///                                        repeat another (drop_correlated_columns at 0.98)        5,875 × 15
///   miniboone   MiniBooNE_PID.txt        signal rows without flagged ones, without columns whose
///                                        smallest value occurs more than 5 times                36,488 × 43
/// Throws ConfigError for an unknown name (with a suggestion), DataError for a missing, damaged or re-saved
/// file.
Table read_uci_table(const std::string& name, const std::filesystem::path& folder);

/// The same, split and standardized: spec and arithmetic as split_and_standardize.
std::shared_ptr<const TableSplit> load_uci(const std::string& name, const std::filesystem::path& folder);

/// What MiniBooNE's rows become, for a file of any number of rows: the first line counts signal and
/// background rows of 50 numbers; kept are signal rows whose first number is not below -100, without the
/// columns whose smallest value then occurs more than 5 times. The preprocessing of Papamakarios et al.
/// (2017). Throws DataError.
Table parse_miniboone(std::string_view text, const std::string& source);

}  // namespace mollify
