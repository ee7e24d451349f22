#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <system_error>

#include <mollify/datasets/tables/cells.hpp>

namespace mollify {
namespace {

constexpr std::array<std::string_view, 12> kMissing{"na",  "n/a", "#n/a", "null", "none", "nil",
                                                    "\\n", "?",   "-",    "--",   ".",    "missing"};

bool is_missing(std::string_view cell) {
    if (cell.empty()) return true;
    std::string lower(cell.substr(0, 8));
    for (char& letter : lower) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return lower.size() == cell.size() && std::ranges::find(kMissing, lower) != kMissing.end();
}

Cell parse_plain(std::string_view cell, double& value) {
    if (cell.size() > 1 && cell[0] == '+' && cell[1] != '-')
        cell.remove_prefix(1);  // from_chars takes no plus sign
    const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (code == std::errc::invalid_argument || end != cell.data() + cell.size()) return Cell::text;
    if (code == std::errc::result_out_of_range) return Cell::out_of_range;
    return std::isfinite(value) ? Cell::number : Cell::not_finite;
}

/// A cell with a comma before the fraction; a point in it is no decimal mark, and makes it a text.
Cell parse_with_comma(std::string_view cell, double& value) {
    if (cell.find('.') != cell.npos) return Cell::text;
    std::string with_point(cell);
    std::ranges::replace(with_point, ',', '.');
    return parse_plain(with_point, value);
}

bool is_indexed(std::string_view cell) {
    const auto colon = cell.find(':');
    double value = 0;
    return colon != cell.npos && colon > 0 &&
           std::ranges::all_of(cell.substr(0, colon), [](char c) { return '0' <= c && c <= '9'; }) &&
           parse_plain(cell.substr(colon + 1), value) == Cell::number;
}

}  // namespace

Cell parse_cell(std::string_view cell, char decimal, double& value) {
    const auto found = decimal == ',' ? parse_with_comma(cell, value) : parse_plain(cell, value);
    if (found != Cell::text) return found;
    if (is_missing(cell)) return Cell::missing;
    double ignored = 0;
    const auto other = decimal == ',' ? parse_plain(cell, ignored) : parse_with_comma(cell, ignored);
    if (other == Cell::number) return Cell::other_decimal;
    return is_indexed(cell) ? Cell::indexed : Cell::text;
}

bool is_name(std::string_view cell) {
    double value = 0;
    return parse_cell(cell, '.', value) == Cell::text &&
           cell.find_first_not_of("0123456789/:.,-+ TZ") != cell.npos;
}

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string shown(std::string_view cell) {
    constexpr std::size_t kLongest = 40;
    std::string text(cell.substr(0, kLongest));
    for (char& letter : text) {
        if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F) letter = '?';
    }
    return "'" + text + (cell.size() > kLongest ? "...'" : "'");
}

char detected_delimiter(std::string_view line, char decimal) {
    constexpr std::string_view kStrongestFirst = ";\t|,";
    std::array<bool, kStrongestFirst.size()> found{};
    bool quoted = false;
    for (const char letter : trimmed(line)) {
        if (letter == '"') quoted = !quoted;
        const auto which = kStrongestFirst.find(letter);
        if (!quoted && which != kStrongestFirst.npos && letter != decimal) found[which] = true;
    }
    const auto strongest = std::ranges::find(found, true);
    return strongest == found.end() ? ' '
                                    : kStrongestFirst[static_cast<std::size_t>(strongest - found.begin())];
}

}  // namespace mollify
