#include <algorithm>
#include <array>
#include <utility>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/program/data/table_options.hpp>

namespace mollify {
namespace {

template <class T>
using Words = std::vector<std::pair<std::string, T>>;

const Words<CsvOptions::Header>& headers() {
    using Header = CsvOptions::Header;
    static const Words<Header> words{
        {"auto", Header::automatic}, {"yes", Header::yes}, {"no", Header::no}, {"skip", Header::skip}};
    return words;
}

const Words<char>& delimiters() {
    static const Words<char> words{{"auto", 0},   {"comma", ','}, {"semicolon", ';'}, {"tab", '\t'},
                                   {"pipe", '|'}, {"blank", ' '}, {",", ','},         {";", ';'},
                                   {"\t", '\t'},  {"|", '|'},     {" ", ' '},         {"\\t", '\t'},
                                   {"space", ' '}};
    return words;
}

const Words<char>& decimals() {
    static const Words<char> words{{".", '.'}, {",", ','}, {"point", '.'}, {"comma", ','}};
    return words;
}

template <class T>
void look_up(const char* key, const std::string& word, const Words<T>& words, T& value,
             std::vector<std::string>& problems) {
    const auto found = std::ranges::find(words, word, &std::pair<std::string, T>::first);
    if (found != words.end()) {
        value = found->second;
        return;
    }
    std::vector<std::string> known;
    for (const auto& [each, ignored] : words) {
        if (each.size() > 1 && each[0] != '\\') known.push_back(each);
    }
    problems.push_back(std::string("data.") + key + ": " + unknown("value", word, known));
}

CsvOptions read(const TableOptions& options, std::vector<std::string>& problems) {
    CsvOptions csv;
    csv.columns = options.columns;
    look_up("header", options.header, headers(), csv.header, problems);
    look_up("delimiter", options.delimiter, delimiters(), csv.delimiter, problems);
    look_up("decimal", options.decimal, decimals(), csv.decimal, problems);
    if (csv.delimiter == csv.decimal) {
        problems.push_back("data.delimiter and data.decimal: both are '" + std::string(1, csv.decimal) + "'");
    }
    return csv;
}

}  // namespace

CsvOptions csv_options(const TableOptions& options) {
    std::vector<std::string> problems;
    auto csv = read(options, problems);
    if (!problems.empty()) throw ConfigError(problems);
    return csv;
}

std::vector<std::string> problems(const TableOptions& options, const std::string& set) {
    std::vector<std::string> problems;
    read(options, problems);
    if (set != "table" && options != TableOptions()) {
        problems.push_back(
            "data.columns, data.header, data.delimiter and data.decimal: they are for data.set = table, "
            "and data.set is '" +
            set + "'");
    }
    return problems;
}

}  // namespace mollify
