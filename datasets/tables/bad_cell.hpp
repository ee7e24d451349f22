#pragma once
/// \file Why a cell of a delimited text is no number, and which settings read the text all the same.

#include <cstddef>
#include <string_view>

#include <mollify/datasets/tables/delimited_lines.hpp>
#include <mollify/datasets/tables/table.hpp>

namespace mollify {

/// Throws DataError for the cell `text` in the line where `lines` stands and in column `column` of `table`, which
/// holds the rows before it. The rest of the text is looked through, so that the message can name at once all
/// columns without numbers, another decimal mark, the lines with missing values, or a first line that should name
/// the columns.
[[noreturn]] void refuse_cell(std::string_view text, const Table& table, std::size_t column,
                              DelimitedLines lines, char delimiter, char decimal);

}  // namespace mollify
