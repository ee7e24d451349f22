#include <algorithm>
#include <vector>

#include <mollify/datasets/tables/bad_cell.hpp>
#include <mollify/datasets/tables/cells.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

/// What a column holds, in cells.
struct Seen {
    std::size_t numbers = 0;
    std::size_t missing = 0;
    std::size_t other_decimal = 0;

    bool no_numbers() const { return numbers == 0 && other_decimal == 0; }
};

struct Survey {
    std::vector<Seen> columns;
    std::size_t lines_with_gaps = 0;

    template <class Property>
    std::vector<std::size_t> which(Property property) const {
        std::vector<std::size_t> found;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (property(columns[i])) found.push_back(i);
        }
        return found;
    }
};

/// From the line where `lines` stands to the end; lines that cannot be cut, or are short, are left out.
Survey survey(const Table& table, DelimitedLines lines, char delimiter, char decimal) {
    Survey found{std::vector<Seen>(table.columns), 0};
    for (auto& column : found.columns) column.numbers = table.rows();
    std::vector<std::string_view> cells;
    do {
        try {
            lines.cut(delimiter, cells);
        } catch (const DataError&) {
            continue;
        }
        bool gap = false;
        for (std::size_t i = 0; i < table.columns; ++i) {
            if (table.position(i) >= cells.size()) continue;
            double value = 0;
            const auto cell = parse_cell(cells[table.position(i)], decimal, value);
            auto& column = found.columns[i];
            column.numbers += cell == Cell::number;
            column.other_decimal += cell == Cell::other_decimal;
            const bool missing = cell == Cell::missing || cell == Cell::not_finite;
            column.missing += missing;
            gap |= missing;
        }
        found.lines_with_gaps += gap;
    } while (lines.next(delimiter));
    return found;
}

std::string list(const Table& table, const std::vector<std::size_t>& columns) {
    constexpr std::size_t kMost = 20;
    std::string text;
    for (std::size_t i = 0; i < std::min(columns.size(), kMost); ++i) {
        text += (i ? ", " : "") + table.describe(columns[i]);
    }
    return columns.size() > kMost ? text + ", and " + std::to_string(columns.size() - kMost) + " more" : text;
}

std::string in_words(std::string_view text, Cell kind) {
    if (text.empty()) return "the cell is empty";
    if (kind == Cell::missing) return shown(text) + " is not a number but marks a missing value";
    return shown(text) + (kind == Cell::not_finite ? " is not finite" : " is not a number");
}

}  // namespace

void refuse_cell(std::string_view text, const Table& table, std::size_t column, DelimitedLines lines,
                 char delimiter, char decimal) {
    double value = 0;
    const auto kind = parse_cell(text, decimal, value);
    const std::size_t at = table.position(column);
    if (kind == Cell::out_of_range)
        lines.fail(at, shown(text) + " is out of float64's range", "rescale the column");
    std::string problem = in_words(text, kind);
    if (kind == Cell::indexed) {
        lines.fail(at, problem + ": this looks like LIBSVM's format",
                   "write all numbers of a row with commas between them (scikit-learn's load_svmlight_file "
                   "reads it, "
                   "numpy.savetxt writes it)");
    }
    const auto seen = survey(table, lines, delimiter, decimal);
    const auto without_numbers = seen.which([](const Seen& each) { return each.no_numbers(); });
    const bool other_decimal =
        std::ranges::any_of(seen.columns, [](const Seen& s) { return s.other_decimal > 0; });
    if (!without_numbers.empty() || other_decimal) {
        std::string remedy;
        if (!without_numbers.empty()) {
            problem += "; without numbers: " + list(table, without_numbers);
            remedy = without_numbers.size() < table.columns ? table.leaving_out(without_numbers)
                                                            : "give a table of numbers";
        }
        if (other_decimal) {
            const bool comma = decimal != ',';
            problem += comma ? "; numbers have a decimal comma" : "; numbers have a decimal point";
            remedy += std::string(remedy.empty() ? "" : " and ") +
                      "set the decimal mark: --set data.decimal=" + (comma ? "," : ".");
        }
        lines.fail(at, problem, remedy);
    }
    if (kind == Cell::missing || kind == Cell::not_finite) {
        if (seen.lines_with_gaps > 1)
            problem += "; " + std::to_string(seen.lines_with_gaps) + " lines lack values from here on";
        const auto gaps = seen.which([](const Seen& each) { return each.missing > 0; });
        lines.fail(at, problem,
                   "fill in what is missing, or remove such lines" +
                       (gaps.size() < table.columns ? ", or " + table.leaving_out(gaps) : ""));
    }
    const bool first = table.values.empty() && table.names.empty();
    lines.fail(at, problem,
               first ? "if the line names the columns: --set data.header=yes"
                     : std::string("write numbers like ") + (decimal == ',' ? "-1,5e-3" : "-1.5e-3") +
                           ", with a " + (decimal == ',' ? "comma" : "point") + ", or remove the line");
}

}  // namespace mollify
