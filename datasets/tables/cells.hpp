#pragma once
/// \file What the cells of a delimited text hold.

#include <string>
#include <string_view>

namespace mollify {

enum class Cell {
    number,
    not_finite,     ///< NaN or infinity
    out_of_range,   ///< of float64
    missing,        ///< empty, or a usual mark of a missing value, such as NA or ?
    other_decimal,  ///< a number with the other decimal mark
    indexed,        ///< "3:0.5", as in LIBSVM's files
    text,
};

/// What `cell` holds; its value goes into `value` where that is a number.
Cell parse_cell(std::string_view cell, char decimal, double& value);

/// Whether it looks like the name of something: a text, but no date and no time.
bool is_name(std::string_view cell);

/// Without the blanks and tabs around it.
std::string_view trimmed(std::string_view text);

/// What is blank beside a cell: a tab may be what separates cells.
constexpr std::string_view blanks_beside(char delimiter) { return delimiter == '\t' ? " " : " \t"; }

/// A cell's text as it may stand in a message: in quotes, short, and without control characters.
std::string shown(std::string_view cell);

/// The separator that a line uses: the strongest one of ; tab | , that stands outside quotes, else blanks. A comma
/// that is the decimal mark separates nothing.
char detected_delimiter(std::string_view line, char decimal = '.');

}  // namespace mollify
