#pragma once
/// \file Tables of numbers in delimited text.

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include <mollify/datasets/tables/table.hpp>

namespace mollify {

struct CsvOptions {
    char delimiter = 0;          ///< ',', ';' or '\t'; ' ' for runs of blanks; 0: found from the first line
    std::size_t skip_lines = 0;  ///< lines before the table that are not looked at
};

/// Reads lines of decimal numbers (with or without exponent, '.' before the fraction), one row each, all of
/// the same number of cells. A first line without a number in it names the columns. Cells may be in double
/// quotes, lines of nothing but blanks (and tabs, unless they separate cells) are passed over, lines end with LF
/// or CRLF.
///
/// Throws DataError with line and column (both from 1) and the cell's text for: a cell that is not a number,
/// NaN or infinity, a number out of float64's range, another number of cells than in the first row, an
/// unclosed quote; and for a file without data rows.
Table read_csv(const std::filesystem::path& path, const CsvOptions& options = {});

/// The same of text in memory; `source` names it in messages.
Table parse_csv(std::string_view text, const std::string& source, const CsvOptions& options = {});

}  // namespace mollify
