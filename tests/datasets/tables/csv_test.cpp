#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <mollify/datasets/tables/csv.hpp>
#include <mollify/datasets/tables/read_table.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;
using mollify::test::message_of;

namespace {

std::string error_of(const std::string& text, const CsvOptions& options = {}) {
    return message_of([&] { parse_csv(text, "a.csv", options); });
}

using Values = std::vector<double>;

}  // namespace

TEST_CASE("a table is read with whichever separator its first line uses") {
    for (const char* const text :
         {"1,2.5,-3\n4,5,6e-005\n", "1;2.5;-3\n4;5;6e-005\n", "1\t2.5\t-3\n4\t5\t6e-005\n",
          " 1   2.5 -3\n4 5\t6e-005  \n", "1, 2.5 ,-3\r\n4, 5, +6e-005"}) {
        CAPTURE(text);
        const Table table = parse_csv(text, "a.csv");
        CHECK(table.columns == 3);
        CHECK(table.values == Values{1, 2.5, -3, 4, 5, 6e-5});
        CHECK(table.names.empty());
    }
}

TEST_CASE("a first line without numbers names the columns, with or without quotes") {
    const Table table =
        parse_csv("\"fixed acidity\";\"a;b\";\"say \"\"pH\"\"\";plain name\n1;2;3;4\n", "a.csv");
    CHECK(table.names == std::vector<std::string>{"fixed acidity", "a;b", "say \"pH\"", "plain name"});
    CHECK(table.values == Values{1, 2, 3, 4});
}

TEST_CASE("blank lines, a byte order mark and quoted numbers do no harm") {
    CHECK(parse_csv("\xEF\xBB\xBF\n\"1\",2\n\n3,\"4\"\n\n", "a.csv").values == Values{1, 2, 3, 4});
}

TEST_CASE("lines before the table can be passed over, and its errors still count them") {
    CHECK(parse_csv("12 13\n 1 2\n", "a", {.delimiter = ' ', .skip_lines = 1}).values == Values{1, 2});
    CHECK(error_of("12 13\n 1 x\n", {.skip_lines = 1})
              .starts_with("a.csv: line 2, column 2: 'x' is not a number"));
}

TEST_CASE("a bad cell is named with file, line, column, text and remedy") {
    CHECK(error_of("a,b\n1,2\n3,4x\n") ==
          "a.csv: line 3, column 2: '4x' is not a number (write numbers like -1.5e-3, with a point, or "
          "remove the "
          "line)");
    CHECK(error_of("a;b\n1;2,5\n").starts_with("a.csv: line 2, column 2: '2,5' is not a number"));
    CHECK(error_of("1,2\n3,\n").starts_with("a.csv: line 2, column 2: the cell is empty"));
    CHECK(error_of("1\t2\n\t3\n").starts_with("a.csv: line 2, column 1: the cell is empty"));
    CHECK(error_of("1,2\n3,NaN\n").starts_with("a.csv: line 2, column 2: 'NaN' is not finite"));
    CHECK(error_of("1,2\n-inf,3\n").starts_with("a.csv: line 2, column 1: '-inf' is not finite"));
    CHECK(
        error_of("1,2\n3,1e999\n").starts_with("a.csv: line 2, column 2: '1e999' is out of float64's range"));
    CHECK(error_of("1,2\n3,--4\n").starts_with("a.csv: line 2, column 2: '--4' is not a number"));
    CHECK(error_of("1,2\n3,\"4\n").starts_with("a.csv: line 2, column 2: the quote is not closed"));
    CHECK(error_of("1,2\n\"3\"4,5\n").starts_with("a.csv: line 2, column 1: text follows the closing quote"));
    CHECK(error_of("1,b\n").starts_with("a.csv: line 1, column 2: 'b' is not a number"));
    CHECK(error_of("1\n\x01\x02" + std::string(100, 'z') + "\n")
              .starts_with("a.csv: line 2, column 1: '??" + std::string(38, 'z') + "...' is not a number"));
}

TEST_CASE("a line with another number of cells is named") {
    CHECK(error_of("1,2\n3,4\n5,6,7\n") ==
          "a.csv: line 3: has 3 cells where the first line has 2 (mend or remove the line)");
    CHECK(error_of("1 2\n3\n").starts_with("a.csv: line 2: has 1 cells where the first line has 2"));
}

TEST_CASE("a file without rows says so") {
    CHECK(error_of("").starts_with("a.csv: the file is empty"));
    CHECK(error_of("\n \n").starts_with("a.csv: has no data rows"));
    CHECK(error_of("a,b\n").starts_with("a.csv: has a header line but no data rows"));
    const test::TemporaryFolder folder;
    CHECK(message_of([&] { read_csv(folder.write("e.csv", "")); }).find("e.csv: the file is empty") !=
          std::string::npos);
    CHECK(message_of([&] { read_csv(folder / "missing.csv"); }).find("No such file or directory") !=
          std::string::npos);
    CHECK(message_of([&] { read_csv(folder.path()); }).find("is not a regular file") != std::string::npos);
}

TEST_CASE("every table of finite numbers comes back from its text, to the last bit") {
    CHECK(rc::check([] {
        const auto columns = *rc::gen::inRange<std::size_t>(1, 6);
        const auto rows = *rc::gen::inRange<std::size_t>(1, 8);
        const auto separator = *rc::gen::element<std::string>(",", ";", "\t", "  ");
        const auto bits = *rc::gen::container<std::vector<std::uint64_t>>(
            columns * rows, rc::gen::arbitrary<std::uint64_t>());
        Values values;
        std::string text;
        for (std::size_t i = 0; i < bits.size(); ++i) {
            double value = 0;
            static_assert(sizeof value == sizeof bits[i]);
            std::memcpy(&value, &bits[i], sizeof value);
            if (!std::isfinite(value)) value = static_cast<double>(bits[i]);
            values.push_back(value);
            char digits[32];
            text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
            text += (i + 1) % columns ? separator : "\n";
        }
        const Table table = parse_csv(text, "a");
        RC_ASSERT(table.columns == columns);
        RC_ASSERT(table.values == values);
    }));
}

TEST_CASE("a line of blanks and tabs is passed over, unless tabs separate its cells") {
    CHECK(parse_csv(" \t\n1,2\n\t\n \t \r\n3,4\n\t", "a").values == Values{1, 2, 3, 4});
    CHECK(parse_csv("a b\n\t\n1 2\n\t \t\n3\t4\n", "a").values == Values{1, 2, 3, 4});
    CHECK(parse_csv("1\t2\n  \n3\t4\n", "a").values == Values{1, 2, 3, 4});
    CHECK(error_of("\t\n \t\n").starts_with("a.csv: has no data rows"));
}

namespace {

/// A table whose columns are all different, of the reference's shape.
struct Reference {
    std::vector<std::string> names{"alpha", "beta", "gamma", "delta"};
    std::size_t rows = 12;
    static double value(std::size_t row, std::size_t column) {
        return (column % 2 ? -0.25 : 1.5) * static_cast<double>(row + 1) + 100 * static_cast<double>(column);
    }
    Values values(std::vector<std::size_t> columns = {0, 1, 2, 3}) const {
        Values all;
        for (std::size_t row = 0; row < rows; ++row) {
            for (const auto column : columns) all.push_back(value(row, column));
        }
        return all;
    }
    /// Each line is `begin(row)`, the cells with `separator` between them, and `end`.
    std::string lines(const std::string& separator, const std::string& end = "\n",
                      const std::function<std::string(std::size_t)>& begin = nullptr,
                      char decimal = '.') const {
        std::string text;
        for (std::size_t row = 0; row < rows; ++row) {
            if (begin) text += begin(row);
            for (std::size_t column = 0; column < 4; ++column) {
                char digits[32];
                std::string cell(digits,
                                 std::to_chars(digits, digits + sizeof digits, value(row, column)).ptr);
                std::replace(cell.begin(), cell.end(), '.', decimal);
                text += (column ? separator : "") + cell;
            }
            text += end;
        }
        return text;
    }
};

bool says(const Table& table, const std::string& part) {
    return std::ranges::any_of(table.remarks, [&](const std::string& r) { return r.find(part) != r.npos; });
}

}  // namespace

TEST_CASE("a delimiter at the end of each line adds no column, and that is said") {
    const Reference ref;
    for (const std::string separator : {",", ";", "\t", "|"}) {
        CAPTURE(separator);
        std::string header;
        for (const auto& name : ref.names) header += (header.empty() ? "" : separator) + name;
        for (const auto& first : {header + separator + "\n", header + "\n", std::string()}) {
            CAPTURE(first);
            const Table table = parse_csv(first + ref.lines(separator, separator + "\n"), "a.csv");
            CHECK(table.columns == 4);
            CHECK(table.values == ref.values());
            CHECK(table.names == (first.empty() ? std::vector<std::string>{} : ref.names));
            CHECK(table.remarks ==
                  std::vector<std::string>{"the last column is empty everywhere and has no name: dropped"});
        }
        CHECK(parse_csv(header + "\n" + ref.lines(separator), "a.csv").remarks.empty());
    }
    CHECK(says(parse_csv("1,2,,\n3,4\n5,6,\n", "a"), "the last 2 columns are empty everywhere"));
    CHECK(error_of("1,2,\n3,4,5\n")
              .starts_with("a.csv: line 2, column 3: '5' stands in a column that has no name"));
    CHECK(error_of("a,b,c\n1,2,\n3,4,\n")
              .starts_with(
                  "a.csv: line 2, column 3: the cell is empty; without numbers: 'c' (column 3) (leave the "
                  "column out: --set data.columns=1-2)"));
}

TEST_CASE("comments and lines of empty cells are passed over and counted") {
    const Table table = parse_csv("# made today\n1,2\n # a note, \"with a quote\n3,4\n,\n#\n", "a.csv");
    CHECK(table.values == Values{1, 2, 3, 4});
    CHECK(table.names.empty());
    CHECK(table.remarks == std::vector<std::string>{"passed over 3 lines beginning with #",
                                                    "passed over 1 line of empty cells"});
    CHECK(error_of("# one\n1,2\n# two\n3,x\n").starts_with("a.csv: line 4, column 2: 'x'"));
    CHECK(error_of("# only\n").starts_with("a.csv: has no data rows"));
    CHECK(parse_csv("\"#\",b\n1,2\n", "a").names == std::vector<std::string>{"#", "b"});
}

TEST_CASE("a comment right above the table names its columns where it has a name for each") {
    const Table table = parse_csv("# made today\n# label,f0\n1,2\n3,4\n", "a.csv");
    CHECK(table.names == std::vector<std::string>{"label", "f0"});
    CHECK(says(table, "the comment above the first row names the columns"));
    CHECK(parse_csv("# a,b\n1,2\n", "a", {.columns = "b"}).values == Values{2});
    CHECK(parse_csv("# a,b,c\n1,2\n", "a").names.empty());
    CHECK(parse_csv("# a,7\n1,2\n", "a").names.empty());
    CHECK(parse_csv("# a,b\nc,d\n1,2\n", "a").names == std::vector<std::string>{"c", "d"});
    CHECK(parse_csv("# a,b\n1,2\n", "a", {.header = CsvOptions::Header::no}).names.empty());
}

TEST_CASE("whether the first line names the columns can be said") {
    using Header = CsvOptions::Header;
    const std::string text = "2004,2005\n1,2\n3,4\n";
    CHECK(parse_csv(text, "a").values == Values{2004, 2005, 1, 2, 3, 4});
    CHECK(parse_csv(text, "a", {.header = Header::yes}).names == std::vector<std::string>{"2004", "2005"});
    CHECK(parse_csv(text, "a", {.header = Header::yes}).values == Values{1, 2, 3, 4});
    CHECK(parse_csv(text, "a", {.header = Header::skip}).names.empty());
    CHECK(parse_csv(text, "a", {.header = Header::skip}).values == Values{1, 2, 3, 4});
    CHECK(error_of("a,b\n1,2\n", {.header = Header::no})
              .starts_with("a.csv: line 1, column 1: 'a' is not a number"));
    // Names and numbers that are separated differently.
    const std::string wide = "Time (s), CO conc (ppm), readings \n0.0  1  2   3 \n0.1 4 5 6\n";
    CHECK(error_of(wide).find("--set data.header=skip") != std::string::npos);
    CHECK(parse_csv(wide, "a", {.header = Header::skip}).values == Values{0, 1, 2, 3, 0.1, 4, 5, 6});
}

TEST_CASE("a first line that is no header is not taken for one") {
    for (const char* const row :
         {"NA,NA", "?,?", ",-", "n/a,null", "16/12/2006,17:24:00", "1,5;2,5", "1:2,2:3"}) {
        CAPTURE(row);
        CHECK(error_of(std::string(row) + "\n1,2\n").starts_with("a.csv: line 1"));
    }
    CHECK(parse_csv("a,,NA\n1,2,3\n", "a").names == std::vector<std::string>{"a", "", "NA"});
    CHECK(error_of("year,2004\n1,2\n3,4\n") ==
          "a.csv: line 1, column 1: 'year' is not a number (if the line names the columns: --set "
          "data.header=yes)");
    CHECK(says(parse_csv("0,1,2\n5,6,7\n", "a"), "the first line counts the columns from 0"));
    CHECK(parse_csv("0,1,2\n5,6,7\n", "a", {.header = CsvOptions::Header::no}).remarks.empty());
}

TEST_CASE("columns are chosen by name, position and range, and the others may hold anything") {
    const std::string text = "Date;a;b,c;3\n16/12/2006;1;2;3\n17/12/2006;4;5;6\n";
    const auto read = [&](const char* columns) {
        return parse_csv(text, "a.csv", {.columns = columns, .header = CsvOptions::Header::yes});
    };
    CHECK(read("2-4").values == Values{1, 2, 3, 4, 5, 6});
    CHECK(read("2-").names == std::vector<std::string>{"a", "b,c", "3"});
    CHECK(read("4,2").values == Values{3, 1, 6, 4});
    CHECK(read("b,c").values == Values{2, 5});
    CHECK(read(" a , 3 ").values == Values{1, 3, 4, 6});  // the name goes before the position
    CHECK(read("3").names == std::vector<std::string>{"3"});
    CHECK(read("a").describe(0) == "'a' (column 2)");
    const auto error = [&](const char* columns) {
        return error_of(text, {.columns = columns, .header = CsvOptions::Header::yes});
    };
    CHECK(error("aa").starts_with("a.csv: has no column 'aa'"));
    CHECK(error("aa").find("names: Date, a, b,c, 3") != std::string::npos);
    for (const char* const wrong :
         {"0", "5", "2-5", "4-2", "-", "2-x", "1.5", ",", "a,", "99999999999999999999"}) {
        CAPTURE(wrong);
        CHECK(error(wrong).starts_with("a.csv: has no column '"));
    }
    CHECK(error("2-3,a").starts_with("a.csv: 'a' (column 2): is chosen twice"));
    CHECK(error_of("a,a\n1,2\n", {.columns = "a"}).starts_with("a.csv: has several columns named 'a'"));
    CHECK(error("Date").find("'16/12/2006' is not a number; without numbers: 'Date' (column 1)") !=
          std::string::npos);
}

TEST_CASE("columns of text and dates are named at once, with the settings that read the rest") {
    CHECK(error_of("Date;Time;x;y;Sub\n1/2/2006;17:24:00;1;2;3\n1/2/2006;17:25:00;4;5;6\n") ==
          "a.csv: line 2, column 1: '1/2/2006' is not a number; without numbers: 'Date' (column 1), 'Time' "
          "(column 2) "
          "(leave the columns out: --set data.columns=3-5)");
    const std::string air =
        "Date;Time;CO(GT);T;;\n10/03/2004;18.00.00;2,2;-1,6;;\n10/03/2004;19.00.00;4;0,5;;\n;;;;;\n";
    CHECK(error_of(air) ==
          "a.csv: line 2, column 1: '10/03/2004' is not a number; without numbers: 'Date' (column 1), 'Time' "
          "(column 2); numbers have a decimal comma (leave the columns out: --set data.columns=3-4 and set "
          "the decimal "
          "mark: --set data.decimal=,)");
    const Table table = parse_csv(air, "a.csv", {.columns = "3-4", .decimal = ','});
    CHECK(table.values == Values{2.2, -1.6, 4, 0.5});
    CHECK(table.names == std::vector<std::string>{"CO(GT)", "T"});
    CHECK(error_of("a,b\n1,x\n2,y\n").find("--set data.columns=1)") != std::string::npos);
    CHECK(error_of("a\nx\n").find("give a table of numbers") != std::string::npos);
    CHECK(error_of("0 1:2.5 2:3\n1 2:4\n").find("looks like LIBSVM's format") != std::string::npos);
}

TEST_CASE("the decimal mark is a setting, and a wrong one is told") {
    const Reference ref;
    for (const std::string separator : {";", "\t", "|", "  "}) {
        CAPTURE(separator);
        const auto text = ref.lines(separator, "\n", nullptr, ',');
        CHECK(parse_csv(text, "a", {.decimal = ','}).values == ref.values());
        // Between blanks, commas look like separators.
        if (separator != "  ") CHECK(error_of(text).find("--set data.decimal=,") != std::string::npos);
        CHECK(error_of(ref.lines(separator), {.decimal = ','}).find("--set data.decimal=.") !=
              std::string::npos);
    }
    CHECK(error_of("1;1.234,5\n", {.decimal = ','}).find("is not a number") != std::string::npos);
    CHECK(message_of<ConfigError>([] {
              parse_csv("1", "a", {.delimiter = ',', .decimal = ','});
          }).starts_with("data.delimiter and data.decimal: both are ','"));
}

TEST_CASE("a missing value is named with its cell, how many lines have one, and what is possible") {
    for (const std::string mark : {"", "NA", "?", "n/a", "NULL", "-", "nan"}) {
        CAPTURE(mark);
        const auto error = error_of("a,b\n1,2\n3," + mark + "\n5,6\n7," + mark + "\n");
        CHECK(error.starts_with("a.csv: line 3, column 2: "));
        CHECK(error.find(
                  "2 lines lack values from here on (fill in what is missing, or remove such lines, or leave "
                  "the column out: --set data.columns=1)") != std::string::npos);
    }
    CHECK(error_of("a\n1\nNA\n").ends_with("(fill in what is missing, or remove such lines)"));
}

TEST_CASE("a column that counts the rows is pointed out, with how to leave it out") {
    const Reference ref;
    const auto number = [](std::size_t from, const std::string& quote, const std::string& separator) {
        return [=](std::size_t row) { return quote + std::to_string(row + from) + quote + separator; };
    };
    // pandas.to_csv, and R's write.table with and without quotes
    const auto pandas =
        parse_csv(",alpha,beta,gamma,delta\n" + ref.lines(",", "\n", number(0, "", ",")), "a");
    CHECK(row_number_remarks(pandas) ==
          std::vector<std::string>{
              "column 1 counts the rows from 0 and is modelled like the others; if it is no data, "
              "leave the column out: --set data.columns=2-5"});
    for (const std::string quote : {"", "\""}) {
        const auto text = "alpha beta gamma delta\n" + ref.lines(" ", "\n", number(1, quote, " "));
        const Table table = parse_csv(text, "a");
        CHECK(table.names == std::vector<std::string>{"", "alpha", "beta", "gamma", "delta"});
        CHECK(says(table, "one name less"));
        CHECK(row_number_remarks(table).size() == 1);
        CHECK(row_number_remarks(table)[0].starts_with("column 1 counts the rows from 1"));
        CHECK(parse_csv(text, "a", {.columns = "2-5"}).values == ref.values());
    }
    CHECK(row_number_remarks(parse_csv(ref.lines(","), "a")).empty());
    const Table chosen = parse_csv("x,No\n5,1\n5,2\n6,3\n", "a", {.columns = "No,x"});
    CHECK(row_number_remarks(chosen)[0].starts_with("'No' (column 2) counts the rows from 1"));
    CHECK(row_number_remarks(chosen)[0].ends_with("--set data.columns=1"));
}

TEST_CASE("a line of very many cells is refused before they are kept") {
    const std::string wide((std::size_t{1} << 20) + 5, ',');
    CHECK(error_of(wide).starts_with("a.csv: line 1: has more than 1048576 cells"));
    CHECK(error_of("1,2\n" + wide).starts_with("a.csv: line 2: has more than 1048576 cells"));
    CHECK(error_of("1,x\n" + wide).starts_with("a.csv: line 1, column 2: 'x' is not a number"));
}

TEST_CASE("what is no text is named, whatever its ending, and never read as a table") {
    using namespace std::string_literals;
    const std::pair<std::string, const char*> files[] = {
        {"PK\x03\x04....x.npy", "is a NumPy archive (.npz)"},
        {"\x1F\x8B\x08", "is compressed by gzip"},
        {"PK\x03\x04....xl/workbook.xml", "is an Excel file"},
        {"<!DOCTYPE html>\n1,2\n", "is a web page"},
        {"version https://git-lfs.github.com/spec/v1\nsize 1\n", "is a Git LFS pointer"},
        {"{\"a\": [1,2,3]}", "is a JSON file"},
        {"\xFF\xFE\x31\0,\0\x32\0"s, "is text in UTF-16"},
        {"\xFF\xD8\xFF\xE0"s, "is a JPEG picture"},
        {"\x89HDF\r\n\x1A\n", "is an HDF5 file"}};
    const test::TemporaryFolder folder;
    for (const auto& [content, problem] : files) {
        CAPTURE(problem);
        for (const char* const name : {"a.csv", "a.CSV", "a.npy", "a.h5", "a"}) {
            CHECK(message_of([&] { read_table(folder.write(name, content)); }).find(problem) !=
                  std::string::npos);
        }
        if (problem != std::string("is an HDF5 file"))
            CHECK(error_of(content).find(problem) != std::string::npos);
    }
}
