#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <mollify/datasets/tables/csv.hpp>
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
    CHECK(error_of("1\t2\n\t\n").starts_with("a.csv: line 2, column 1: the cell is empty"));
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
