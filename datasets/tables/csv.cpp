#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include <mollify/datasets/storage/file_type.hpp>
#include <mollify/datasets/storage/mapped_file.hpp>
#include <mollify/datasets/tables/bad_cell.hpp>
#include <mollify/datasets/tables/cells.hpp>
#include <mollify/datasets/tables/columns.hpp>
#include <mollify/datasets/tables/csv.hpp>
#include <mollify/datasets/tables/delimited_lines.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

using Header = CsvOptions::Header;
using Cells = std::vector<std::string_view>;

constexpr const char* kRowsRemedy = "give a file with one row of numbers per line";

std::string unescaped(std::string_view name) {
    std::string text;
    for (std::size_t i = 0; i < name.size(); ++i) {
        text += name[i];
        if (name[i] == '"' && i + 1 < name.size() && name[i + 1] == '"') ++i;
    }
    return text;
}

/// No number in it, and at least one name.
bool names_columns(const Cells& cells) {
    double value = 0;
    return std::ranges::any_of(cells, is_name) && std::ranges::all_of(cells, [&](std::string_view cell) {
               const auto kind = parse_cell(cell, '.', value);
               return kind == Cell::text || kind == Cell::missing;
           });
}

std::string counted(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

class Parser {
  public:
    Parser(std::string_view text, const std::string& source, const CsvOptions& options)
        : options_(options), lines_(text, source), delimiter_(options.delimiter), size_(text.size()) {
        table_.source = source;
    }

    Table parse() {
        for (std::size_t i = 0; i < options_.skip_lines; ++i) lines_.skip();
        if (!next_row()) throw DataError(table_.source, "", "has no data rows", kRowsRemedy);
        if (options_.header == Header::skip) {
            delimiter_ = options_.delimiter;
            require_row(next_row());
        }
        read_names();
        settle_columns();
        do {
            append_row();
        } while (next_row());
        make_remarks();
        return std::move(table_);
    }

  private:
    /// Goes to the next line with something in its cells, and cuts it.
    bool next_row() {
        while (lines_.next(delimiter_)) {
            if (!delimiter_) delimiter_ = detected_delimiter(lines_.line(), options_.decimal);
            lines_.cut(delimiter_, cells_);
            if (cells_.size() == 1 || !std::ranges::all_of(cells_, &std::string_view::empty)) return true;
            ++empty_lines_;
        }
        return false;
    }

    void require_row(bool found) const {
        if (!found) throw DataError(table_.source, "", "has a header line but no data rows", kRowsRemedy);
    }

    /// Names from the first line, or from a comment above it; then `cells_` is the first row.
    void read_names() {
        const auto take = [&](const Cells& cells) {
            for (const auto cell : cells) table_.names.push_back(unescaped(cell));
        };
        const auto header = options_.header;
        if (header == Header::yes || (header == Header::automatic && names_columns(cells_))) {
            take(cells_);
            require_row(next_row());
        } else if (header == Header::automatic && !lines_.comment().empty()) {
            Cells cells;
            try {
                lines_.cut(lines_.comment(), delimiter_, cells);
            } catch (const DataError&) {
                return;  // a comment may hold any quotes
            }
            if (cells.size() != cells_.size() || !std::ranges::all_of(cells, is_name)) return;
            take(cells);
            table_.remarks.emplace_back("the comment above the first row names the columns");
        }
    }

    /// How many columns there are, by the first row, and which of them are read.
    void settle_columns() {
        auto& names = table_.names;
        std::size_t columns = cells_.size();
        while (columns > 1 && cells_[columns - 1].empty() &&
               (columns > names.size() || names[columns - 1].empty())) {
            --columns;
        }
        dropped_ = cells_.size() - columns;
        while (names.size() > columns && names.back().empty()) names.pop_back();
        if (!names.empty() && names.size() + 1 == columns) {
            names.insert(names.begin(), "");
            table_.remarks.emplace_back(
                "the first line has one name less than the rows have cells: the first column "
                "is taken for one without name, as R writes row names");
        }
        if (!names.empty() && names.size() != columns) {
            lines_.fail(
                "has " + counted(cells_.size(), "cell") + " where the first line has " +
                    std::to_string(names.size()),
                "separate names and numbers alike, or pass over the first line: --set data.header=skip");
        }
        table_.columns = columns_ = columns;
        if (options_.columns.empty()) {
            for (std::size_t i = 0; i < columns; ++i) table_.positions.push_back(i);
        } else {
            const Table all = std::exchange(table_, Table{table_.source, {}, 0, {}, {}, table_.remarks});
            table_.positions = chosen_columns(options_.columns, all);
            table_.columns = table_.positions.size();
            for (const auto position : table_.positions) {
                if (!all.names.empty()) table_.names.push_back(all.names[position]);
            }
        }
        if (names.empty()) remark_on_counting_line();
        table_.values.reserve(size_ / 6 / columns * table_.columns);
    }

    /// Programs that name columns 0, 1, 2, … write a first line that cannot be told from a row.
    void remark_on_counting_line() {
        double value = 0;
        for (std::size_t i = 0; i < columns_; ++i) {
            if (parse_cell(cells_[i], '.', value) != Cell::number || value != static_cast<double>(i)) return;
        }
        if (columns_ < 2 || options_.header != Header::automatic) return;
        table_.remarks.emplace_back(
            "the first line counts the columns from 0 and is read as a row; if it names them: "
            "--set data.header=yes");
    }

    void append_row() {
        if (cells_.size() < columns_ || cells_.size() > columns_ + dropped_) {
            lines_.fail("has " + std::to_string(cells_.size()) + " cells where the first line has " +
                            std::to_string(columns_),
                        "mend or remove the line");
        }
        for (std::size_t column = columns_; column < cells_.size(); ++column) {
            if (cells_[column].empty()) continue;
            lines_.fail(
                column,
                shown(cells_[column]) + " stands in a column that has no name and is empty in the first row",
                "fill in the first row, or take the column out");
        }
        for (std::size_t column = 0; column < table_.columns; ++column) {
            const auto cell = cells_[table_.positions[column]];
            double value = 0;
            if (parse_cell(cell, options_.decimal, value) != Cell::number) {
                table_.values.resize(table_.values.size() - column);  // the rows before this one
                refuse_cell(cell, table_, column, lines_, delimiter_, options_.decimal);
            }
            table_.values.push_back(value);
        }
    }

    void make_remarks() {
        auto& remarks = table_.remarks;
        if (dropped_ > 0) {
            remarks.push_back(dropped_ == 1 ? "the last column is empty everywhere and has no name: dropped"
                                            : "the last " + std::to_string(dropped_) +
                                                  " columns are empty everywhere and have no names: dropped");
        }
        if (lines_.comments() > 0)
            remarks.push_back("passed over " + counted(lines_.comments(), "line") + " beginning with #");
        if (empty_lines_ > 0)
            remarks.push_back("passed over " + counted(empty_lines_, "line") + " of empty cells");
    }

    const CsvOptions& options_;
    DelimitedLines lines_;
    char delimiter_;
    std::size_t size_;
    Table table_;
    Cells cells_;
    std::size_t columns_ = 0;  // of the text, without the dropped ones behind them
    std::size_t dropped_ = 0;
    std::size_t empty_lines_ = 0;
};

}  // namespace

Table parse_csv(std::string_view text, const std::string& source, const CsvOptions& options) {
    if (options.delimiter == options.decimal) {
        throw ConfigError(std::string("data.delimiter and data.decimal: both are '") + options.decimal + "'");
    }
    if (text.empty()) throw DataError(source, "", "the file is empty", kRowsRemedy);
    const auto& type = file_type(std::as_bytes(std::span(text)));
    if (type.kind != FileType::Kind::text)
        throw DataError(source, "", std::string("is ") + type.name, type.remedy);
    return Parser(text, source, options).parse();
}

Table read_csv(const std::filesystem::path& path, const CsvOptions& options) {
    const MappedFile file(path);
    return parse_csv(file.text(), file.path(), options);
}

}  // namespace mollify
