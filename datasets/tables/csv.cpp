#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>
#include <vector>

#include <mollify/datasets/storage/mapped_file.hpp>
#include <mollify/datasets/tables/csv.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

constexpr std::string_view kBlanks = " \t";

/// What is blank between cells: a tab may be what separates them.
std::string_view blanks_beside(char delimiter) { return delimiter == '\t' ? " " : kBlanks; }

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// A cell's text as it may stand in a message: short, and without control characters.
std::string shown(std::string_view cell) {
    constexpr std::size_t kLongest = 40;
    std::string text(cell.substr(0, kLongest));
    for (char& letter : text) {
        if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F) letter = '?';
    }
    return "'" + text + (cell.size() > kLongest ? "...'" : "'");
}

/// The separator that a line uses: the strongest one that stands outside quotes.
char detected_delimiter(std::string_view line) {
    bool quoted = false;
    bool semicolon = false;
    bool comma = false;
    bool tab = false;
    for (const char letter : trimmed(line)) {
        if (letter == '"') quoted = !quoted;
        if (quoted) continue;
        semicolon |= letter == ';';
        comma |= letter == ',';
        tab |= letter == '\t';
    }
    return semicolon ? ';' : tab ? '\t' : comma ? ',' : ' ';
}

enum class Number { finite, not_finite, out_of_range, none };

Number parse_number(std::string_view cell, double& value) {
    if (cell.size() > 1 && cell[0] == '+' && cell[1] != '-')
        cell.remove_prefix(1);  // from_chars takes no plus sign
    const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (code == std::errc::invalid_argument || end != cell.data() + cell.size()) return Number::none;
    if (code == std::errc::result_out_of_range) return Number::out_of_range;
    return std::isfinite(value) ? Number::finite : Number::not_finite;
}

/// Walks over the lines of a text and cuts them into cells.
class Reader {
  public:
    Reader(std::string_view text, const std::string& source) : rest_(text), source_(source) {
        if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);  // a UTF-8 byte order mark
    }

    /// Goes to the next line that is not blank; false at the end. `delimiter` is 0 where it is not known yet.
    bool next_line(char delimiter) {
        do {
            if (!skip_line()) return false;
        } while (line_.find_first_not_of(blanks_beside(delimiter)) == std::string_view::npos);
        return true;
    }

    bool skip_line() {
        if (rest_.empty()) return false;
        const auto end = rest_.find('\n');
        line_ = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        if (line_.ends_with('\r')) line_.remove_suffix(1);
        ++number_;
        return true;
    }

    std::string_view line() const { return line_; }

    /// Cuts the line into `cells`. Quotes around a cell are taken off; doubled quotes in it stay doubled.
    void cut(char delimiter, std::vector<std::string_view>& cells) const {
        cells.clear();
        const bool blanks = delimiter == ' ';
        const auto separates = [&](char letter) {
            return blanks ? kBlanks.find(letter) != kBlanks.npos : letter == delimiter;
        };
        std::string_view rest = blanks ? trimmed(line_) : line_;
        for (;;) {
            rest.remove_prefix(std::min(rest.find_first_not_of(blanks_beside(delimiter)), rest.size()));
            std::size_t end = 0;
            if (rest.starts_with('"')) {
                end = closing_quote(rest, cells.size()) + 1;
                cells.push_back(rest.substr(1, end - 2));
                if (!blanks) end = std::min(rest.find_first_not_of(' ', end), rest.size());
                if (end < rest.size() && !separates(rest[end])) {
                    fail(cells.size() - 1, "text follows the closing quote",
                         "separate cells by the delimiter");
                }
            } else {
                while (end < rest.size() && !separates(rest[end])) ++end;
                cells.push_back(trimmed(rest.substr(0, end)));
            }
            if (end == rest.size()) return;
            rest.remove_prefix(end + 1);
        }
    }

    [[noreturn]] void fail(const std::string& problem, const std::string& remedy) const {
        throw DataError(source_, "line " + std::to_string(number_), problem, remedy);
    }
    /// `column` from 0.
    [[noreturn]] void fail(std::size_t column, const std::string& problem, const std::string& remedy) const {
        throw DataError(source_, "line " + std::to_string(number_) + ", column " + std::to_string(column + 1),
                        problem, remedy);
    }

  private:
    std::size_t closing_quote(std::string_view cell, std::size_t column) const {
        for (std::size_t i = 1; i < cell.size(); ++i) {
            if (cell[i] != '"') continue;
            if (i + 1 == cell.size() || cell[i + 1] != '"') return i;
            ++i;
        }
        fail(column, "the quote is not closed on its line", "close the quote, or take it out");
    }

    std::string_view rest_;
    std::string_view line_;
    const std::string& source_;
    std::size_t number_ = 0;
};

std::string unescaped(std::string_view name) {
    std::string text;
    for (std::size_t i = 0; i < name.size(); ++i) {
        text += name[i];
        if (name[i] == '"' && i + 1 < name.size() && name[i + 1] == '"') ++i;
    }
    return text;
}

bool is_header(const std::vector<std::string_view>& cells) {
    double value = 0;
    return std::all_of(cells.begin(), cells.end(),
                       [&](std::string_view cell) { return parse_number(cell, value) == Number::none; });
}

void append_row(const Reader& reader, const std::vector<std::string_view>& cells,
                std::vector<double>& values) {
    for (std::size_t column = 0; column < cells.size(); ++column) {
        const auto cell = cells[column];
        double value = 0;
        switch (parse_number(cell, value)) {
            case Number::finite:
                values.push_back(value);
                break;
            case Number::none:
                if (cell.empty()) reader.fail(column, "the cell is empty", "fill it in, or remove the line");
                reader.fail(column, shown(cell) + " is not a number",
                            "write numbers like -1.5e-3, with a point, or remove the line");
            case Number::not_finite:
                reader.fail(column, shown(cell) + " is not finite",
                            "replace missing values, or remove the line");
            case Number::out_of_range:
                reader.fail(column, shown(cell) + " is out of float64's range", "rescale the column");
        }
    }
}

}  // namespace

Table parse_csv(std::string_view text, const std::string& source, const CsvOptions& options) {
    const std::string rows_remedy = "give a file with one row of numbers per line";
    if (text.empty()) throw DataError(source, "", "the file is empty", rows_remedy);
    Reader reader(text, source);
    for (std::size_t i = 0; i < options.skip_lines; ++i) reader.skip_line();
    if (!reader.next_line(options.delimiter)) throw DataError(source, "", "has no data rows", rows_remedy);
    const char delimiter = options.delimiter ? options.delimiter : detected_delimiter(reader.line());

    Table table{source, {}, 0, {}};
    std::vector<std::string_view> cells;
    reader.cut(delimiter, cells);
    table.columns = cells.size();
    if (is_header(cells)) {
        for (const auto cell : cells) table.names.push_back(unescaped(cell));
        if (!reader.next_line(delimiter))
            throw DataError(source, "", "has a header line but no data rows", rows_remedy);
        reader.cut(delimiter, cells);
    }
    table.values.reserve(text.size() / 6);
    do {
        if (cells.size() != table.columns) {
            reader.fail("has " + std::to_string(cells.size()) + " cells where the first line has " +
                            std::to_string(table.columns),
                        "mend or remove the line");
        }
        append_row(reader, cells, table.values);
    } while (reader.next_line(delimiter) && (reader.cut(delimiter, cells), true));
    return table;
}

Table read_csv(const std::filesystem::path& path, const CsvOptions& options) {
    const MappedFile file(path);
    return parse_csv(file.text(), file.path(), options);
}

}  // namespace mollify
