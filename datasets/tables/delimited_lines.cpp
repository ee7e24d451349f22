#include <algorithm>

#include <mollify/datasets/tables/cells.hpp>
#include <mollify/datasets/tables/delimited_lines.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {

DelimitedLines::DelimitedLines(std::string_view text, const std::string& source)
    : rest_(text), source_(&source) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);  // a UTF-8 byte order mark
}

bool DelimitedLines::next(char delimiter) {
    while (skip()) {
        const auto begin = line_.find_first_not_of(blanks_beside(delimiter));
        if (begin == line_.npos) continue;
        if (line_[begin] != '#') return true;
        comment_ = line_.substr(begin + 1);
        ++comments_;
    }
    return false;
}

bool DelimitedLines::skip() {
    if (rest_.empty()) return false;
    const auto end = rest_.find('\n');
    line_ = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (line_.ends_with('\r')) line_.remove_suffix(1);
    ++number_;
    return true;
}

void DelimitedLines::cut(std::string_view text, char delimiter, std::vector<std::string_view>& cells) const {
    cells.clear();
    const bool blanks = delimiter == ' ';
    const auto separates = [&](char letter) {
        return blanks ? letter == ' ' || letter == '\t' : letter == delimiter;
    };
    std::string_view rest = blanks ? trimmed(text) : text;
    for (;;) {
        if (cells.size() == kMostCells) {
            fail("has more than " + std::to_string(kMostCells) + " cells",
                 "write one row of the table per line");
        }
        rest.remove_prefix(std::min(rest.find_first_not_of(blanks_beside(delimiter)), rest.size()));
        std::size_t end = 0;
        if (rest.starts_with('"')) {
            end = closing_quote(rest, cells.size()) + 1;
            cells.push_back(rest.substr(1, end - 2));
            if (!blanks) end = std::min(rest.find_first_not_of(' ', end), rest.size());
            if (end < rest.size() && !separates(rest[end])) {
                fail(cells.size() - 1, "text follows the closing quote", "separate cells by the delimiter");
            }
        } else {
            while (end < rest.size() && !separates(rest[end])) ++end;
            cells.push_back(trimmed(rest.substr(0, end)));
        }
        if (end == rest.size()) return;
        rest.remove_prefix(end + 1);
    }
}

void DelimitedLines::fail(const std::string& problem, const std::string& remedy) const {
    throw DataError(*source_, "line " + std::to_string(number_), problem, remedy);
}

void DelimitedLines::fail(std::size_t column, const std::string& problem, const std::string& remedy) const {
    throw DataError(*source_, "line " + std::to_string(number_) + ", column " + std::to_string(column + 1),
                    problem, remedy);
}

std::size_t DelimitedLines::closing_quote(std::string_view cell, std::size_t column) const {
    for (std::size_t i = 1; i < cell.size(); ++i) {
        if (cell[i] != '"') continue;
        if (i + 1 == cell.size() || cell[i + 1] != '"') return i;
        ++i;
    }
    fail(column, "the quote is not closed on its line", "close the quote, or take it out");
}

}  // namespace mollify
