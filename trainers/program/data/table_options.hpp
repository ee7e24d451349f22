#pragma once
/// \file How own tables are to be read, in words of a configuration.

#include <string>
#include <vector>

#include <mollify/datasets/tables/csv.hpp>

namespace mollify {

struct TableOptions {
    std::string columns;             ///< names, positions from 1 and ranges: "alpha,3-6"; empty: all
    std::string header = "auto";     ///< text: auto, yes, no (the first line is a row) or skip (pass over it)
    std::string delimiter = "auto";  ///< text: auto, comma, semicolon, tab, pipe or blank, or the sign itself
    std::string decimal = ".";       ///< text: "." or ","

    friend bool operator==(const TableOptions&, const TableOptions&) = default;
};

/// Throws ConfigError for words that are not known, all of them.
CsvOptions csv_options(const TableOptions& options);

/// What is wrong with `options` for a data set of this name; only `table` uses them.
std::vector<std::string> problems(const TableOptions& options, const std::string& set);

}  // namespace mollify
