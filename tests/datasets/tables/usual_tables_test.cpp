/// \file One table of 120 rows as many programs write it: tests/golden/cases, which repeat T00-reference.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/datasets/tables/columns.hpp>
#include <mollify/datasets/tables/npy.hpp>
#include <mollify/datasets/tables/read_table.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;
using mollify::test::message_of;

namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;
using Header = CsvOptions::Header;

const Names kNames{"alpha", "beta", "gamma", "delta"};

fs::path golden(const std::string& name) {
    const auto path = fs::path(MOLLIFY_SOURCE_DIR) / "tests" / "golden" / "cases" / name;
    REQUIRE(fs::exists(path));
    return path;
}

const Table& reference() {
    static const Table table = read_table(golden("T00-reference/ref.npy"));
    return table;
}

Table read(const std::string& name, const CsvOptions& options = {}) {
    return read_table(golden(name), options);
}

std::string error_of(const std::string& name, const CsvOptions& options = {}) {
    return message_of([&] { read(name, options); });
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

bool says(const Table& table, const std::string& part) {
    return std::ranges::any_of(table.remarks, [&](const std::string& remark) { return holds(remark, part); });
}

/// To as many digits as the files have.
void check_reference(const Table& table, double tolerance) {
    REQUIRE(table.columns == 4);
    REQUIRE(table.rows() == 120);
    for (std::size_t i = 0; i < table.values.size(); ++i) {
        CHECK(std::fabs(table.values[i] - reference().values[i]) <= tolerance);
    }
}

}  // namespace

TEST_CASE("usual tables: the reference, as text and as an array") {
    CHECK(reference().rows() == 120);
    CHECK(reference().columns == 4);
    CHECK(read("T00-reference/ref.csv").names == kNames);
    check_reference(read("T00-reference/ref.csv"), 5e-5);
    CHECK(read("T00-reference/ref_nohead.csv").names.empty());
    CHECK(read("T00-reference/ref_nohead.csv").values == read("T00-reference/ref.csv").values);
    CHECK(read("T00-reference/ref.csv").remarks.empty());
}

TEST_CASE("usual tables: arrays of other orders, byte orders and types") {
    CHECK(read("N01-fortran/fortran.npy").values == reference().values);
    CHECK(read("N02-bigendian/be8.npy").values == reference().values);
    const Table floats = read("N02-bigendian/be4.npy");
    const Table whole = read("N02-bigendian/bei4.npy");
    for (std::size_t i = 0; i < reference().values.size(); ++i) {
        CHECK(floats.values[i] == static_cast<float>(reference().values[i]));
        CHECK(std::fabs(whole.values[i] - 1000 * reference().values[i]) <= 1);
        CHECK(whole.values[i] == std::trunc(whole.values[i]));
    }
    const Table records = read("N04-structured/struct.npy");
    CHECK(records.names == Names{"a", "b", "c", "d"});
    CHECK(records.values == reference().values);
    CHECK(read("N04-structured/records_mixed.npy").names == Names{"a", "b", "c", "d", "k"});
    CHECK(read("N04-structured/records_mixed.npy", {.columns = "a,b,c,d"}).values == reference().values);
    CHECK(row_number_remarks(read("N04-structured/records_mixed.npy", {.columns = "1-4"})).empty());
}

TEST_CASE("usual tables: a delimiter at each line's end") {
    for (const char* const name : {"both.csv", "data_only.csv", "nohead.csv", "semicolon.csv", "pipes.txt"}) {
        CAPTURE(name);
        const Table table = read(std::string("T05-trailing-delimiter/") + name);
        CHECK(table.values == read("T00-reference/ref.csv").values);
        CHECK(table.names == (name == std::string("nohead.csv") ? Names{} : kNames));
        CHECK(says(table, "dropped") == (name != std::string("pipes.txt")));
    }
}

TEST_CASE("usual tables: a column of row numbers is pointed out, and can be left out") {
    for (const char* const name : {"pandas.csv", "r_unquoted.txt", "r_writetable.txt"}) {
        CAPTURE(name);
        const auto path = std::string("T10-index-column/") + name;
        const auto remarks = row_number_remarks(read(path));
        REQUIRE(remarks.size() == 1);
        CHECK(holds(remarks[0], "column 1 counts the rows"));
        CHECK(holds(remarks[0], "--set data.columns=2-5"));
        CHECK(read(path, {.columns = "2-5"}).values == read("T00-reference/ref.csv").values);
        CHECK(read(path, {.columns = "alpha,beta,gamma,delta"}).names == kNames);
    }
}

TEST_CASE("usual tables: what is no table is named by its first bytes, under any name") {
    const std::tuple<const char*, const char*, const char*> files[] = {
        {"N10-npz/x.npz", "is a NumPy archive (.npz)", "numpy.load(FILE)[NAME]"},
        {"N10-npz/xc.npz", "is a NumPy archive (.npz)", "numpy.load(FILE)[NAME]"},
        {"T25-compressed/ref.csv.gz", "is compressed by gzip", "gunzip"},
        {"T30-json/excel.xlsx", "is an Excel file (.xlsx)", "as CSV"},
        {"T30-json/html.csv", "is a web page (HTML)", "download the data again"},
        {"T30-json/lfs.csv", "is a Git LFS pointer", "git lfs pull"},
        {"T30-json/x.csv", "is a JSON file", "to_csv"},
    };
    const test::TemporaryFolder folder;
    for (const auto& [name, problem, remedy] : files) {
        CAPTURE(name);
        CHECK(holds(error_of(name), problem));
        CHECK(holds(error_of(name), remedy));
        for (const char* const other : {"a.csv", "a.npy", "a.TXT"}) {
            const auto path = folder.write(other, test::content_of(golden(name)));
            CHECK(holds(message_of([&] { read_table(path); }), problem));
        }
    }
}

TEST_CASE(
    "usual tables: files as the UCI repository has them are read with the settings that the messages name") {
    const std::string uci = "T31-uci-real/";
    check_reference(read(uci + "concrete_like.csv"), 5e-5);
    check_reference(read(uci + "housing_like.data"), 5e-5);
    check_reference(read(uci + "yacht_like.data"), 5e-4 + 1e-9);

    const Table hepmass = read(uci + "hepmass_like.csv");
    check_reference(hepmass, 5e-5);
    CHECK(hepmass.names == Names{"label", "f0", "f1", "f2"});
    CHECK(says(hepmass, "the comment above the first row names the columns"));

    const auto air = error_of(uci + "AirQuality_like.csv");
    CHECK(holds(air, "without numbers: 'Date' (column 1), 'Time' (column 2)"));
    CHECK(holds(air, "--set data.columns=3-5"));
    CHECK(holds(air, "--set data.decimal=,"));
    const Table air_quality = read(uci + "AirQuality_like.csv", {.columns = "3-5", .decimal = ','});
    CHECK(air_quality.names == Names{"CO(GT)", "T", "RH"});
    CHECK(air_quality.columns == 3);
    CHECK(std::fabs(air_quality(0, 0) - reference()(0, 0)) <= 0.05 + 1e-9);
    CHECK(says(air_quality, "the last 2 columns are empty everywhere"));
    CHECK(says(air_quality, "of empty cells"));
    CHECK(air_quality.values ==
          read(uci + "AirQuality_like.csv", {.columns = "CO(GT),T,RH", .decimal = ','}).values);

    const auto household = error_of(uci + "household_like.txt");
    CHECK(holds(household, "without numbers: 'Date' (column 1), 'Time' (column 2)"));
    CHECK(holds(household, "--set data.columns=3-5"));
    const auto gap = error_of(uci + "household_like.txt", {.columns = "3-5"});
    CHECK(holds(gap, "line 52, column 3: '?' is not a number but marks a missing value"));
    CHECK(holds(gap, "remove such lines"));
    auto text = test::content_of(golden(uci + "household_like.txt"));
    text.erase(text.find("16/12/2006;17:24:00;?;?;"), std::string("16/12/2006;17:24:00;?;?;\n").size());
    CHECK(parse_csv(text, "a", {.columns = "3-5"}).names == Names{"Global_active_power", "Voltage", "Sub"});

    CHECK(holds(error_of(uci + "ethylene_like.txt"), "--set data.header=skip"));
    const Table ethylene = read(uci + "ethylene_like.txt", {.columns = "2-5", .header = Header::skip});
    check_reference(ethylene, 5e-3 + 1e-9);

    CHECK(holds(error_of(uci + "libsvm_like.txt"), "looks like LIBSVM's format"));
    CHECK(holds(error_of(uci + "BSDS300_like.hdf5"), "is an HDF5 file"));
}
