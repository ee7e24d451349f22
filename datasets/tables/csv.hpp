#pragma once
/// \file Tables of numbers in delimited text.

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include <mollify/datasets/tables/table.hpp>

namespace mollify {

struct CsvOptions {
    /// Whether the first line names the columns. `automatic`: where it holds a name and no number.
    /// `skip`: it is passed over, and the columns have no names.
    enum class Header { automatic, yes, no, skip };

    char delimiter = 0;  ///< ',', ';', '\t' or '|'; ' ' for runs of blanks; 0: found from the first line
    std::size_t skip_lines = 0;  ///< lines before the table that are not looked at
    std::string columns = {};    ///< those to read, as chosen_columns() takes them; empty: all
    Header header = Header::automatic;
    char decimal = '.';  ///< before the fraction: '.' or ','
};

/// Reads lines of decimal numbers (with or without exponent), one row each, all of the same number of cells.
/// Cells may be in double quotes; lines end with LF or CRLF. Passed over are blank lines (of blanks, and of tabs
/// unless they separate cells), and, counted in the table's remarks: lines that begin with #, lines whose cells are
/// all empty, and last columns without name that are empty in every line, as a delimiter at each line's end makes
/// them. A comment right before the table that has a name for each column names them; where the first line has one
/// name less than the rows have cells, the first column has no name, as R writes it.
///
/// Throws DataError with line and column (both from 1), the cell's text and the settings that help for: a cell that
/// is not a number, missing, NaN or infinity, a number out of float64's range, another number of cells than in the
/// first row, an unclosed quote; and for a file without data rows, or that is no text. Other columns than the chosen
/// ones may hold anything. Throws ConfigError where delimiter and decimal mark are the same.
Table read_csv(const std::filesystem::path& path, const CsvOptions& options = {});

/// The same of text in memory; `source` names it in messages.
Table parse_csv(std::string_view text, const std::string& source, const CsvOptions& options = {});

}  // namespace mollify
