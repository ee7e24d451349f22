#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/datasets/tables/npy.hpp>
#include <mollify/datasets/tables/uci.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/tests/support/test_data.hpp>

using namespace mollify;
using mollify::test::message_of;

namespace {

template <class T>
std::string hash(const std::vector<T>& values) {
    Fingerprint print;
    print.add(values.data(), values.size() * sizeof(T));
    return print.hex();
}

void check_equal_bits(const Table& table, const NpyArray& expected) {
    REQUIRE(expected.shape == std::vector<std::size_t>{table.rows(), table.columns});
    CHECK(std::memcmp(table.values.data(), expected.values.data(), expected.values.size() * sizeof(double)) ==
          0);
}

/// Computed numbers agree with printed ones up to the rounding of the print (and of float32 near 2: 1.2e-7).
template <class T>
void check_printed(const std::vector<T>& computed, const std::vector<double>& printed, double relative,
                   double absolute = 0) {
    REQUIRE(computed.size() >= printed.size());
    for (std::size_t i = 0; i < printed.size(); ++i) {
        CAPTURE(i);
        CHECK(std::fabs(computed[i] - printed[i]) <= relative * std::fabs(printed[i]) + absolute);
    }
}

/// What is known of a standardized table from elsewhere.
struct Published {
    std::array<std::size_t, 3> rows;  // training, validation, test
    std::vector<double> mean;
    std::vector<double> first_row;
    double raw_space;  // what turns standardized log-likelihoods into those of the raw space
    // Of mean, deviation and the three parts. /usr/bin/python3, numpy 1.24.2: a = np.load("redwine.npy") and its
    // like, then as in table_test.cpp
    std::array<std::string, 5> hashes;
};

void check_standardized(const TableSplit& split, const Published& published) {
    CHECK(split.rows(Split::train) == published.rows[0]);
    CHECK(split.rows(Split::validation) == published.rows[1]);
    CHECK(split.rows(Split::test) == published.rows[2]);
    check_printed(split.mean, published.mean, 1e-9);
    check_printed(split.train, published.first_row, 0, 6.2e-7);
    CHECK(hash(split.mean) == published.hashes[0]);
    CHECK(hash(split.deviation) == published.hashes[1]);
    CHECK(hash(split.train) == published.hashes[2]);
    CHECK(hash(split.validation) == published.hashes[3]);
    CHECK(hash(split.test) == published.hashes[4]);
    double raw_space = 0;
    for (const double deviation : split.deviation) raw_space += std::log(deviation);
    CHECK(raw_space == doctest::Approx(published.raw_space).epsilon(1e-7));
}

/// Rows of MiniBooNE's form: value i of row r is a function of both, all different.
std::string miniboone_row(int row, const std::vector<std::pair<int, std::string>>& planted = {}) {
    std::string text;
    for (int column = 0; column < 50; ++column) {
        std::string cell = std::to_string(column) + "." + std::to_string(1000 + row);
        for (const auto& [where, what] : planted) {
            if (where == column) cell = what;
        }
        text += "  " + cell;
    }
    return text + "\n";
}

}  // namespace

TEST_CASE("red wine from the raw file equals the authors' array bit for bit") {
    const auto folder = test::test_data("uci");
    if (!folder) return;
    const Table table = read_uci_table("redwine", *folder);
    check_equal_bits(table, read_npy(*folder / "redwine.npy"));
    CHECK(table.names.front() == "fixed acidity");
    CHECK(table.names.back() == "alcohol");
}

TEST_CASE("white wine from the raw file equals the authors' array bit for bit") {
    const auto raw = test::test_data("uci/winequality-white.csv");
    const auto array = test::test_data("uci/whitewine.npy");
    if (!raw || !array) return;
    check_equal_bits(read_uci_table("whitewine", raw->parent_path()), read_npy(*array));
}

TEST_CASE("Parkinsons from the raw file equals the authors' array bit for bit, by the correlation rule") {
    const auto folder = test::test_data("uci");
    if (!folder) return;
    const Table table = read_uci_table("parkinsons", *folder);
    check_equal_bits(table, read_npy(*folder / "parkinsons.npy"));
    CHECK(table.names == std::vector<std::string>{"test_time", "motor_UPDRS", "total_UPDRS", "Jitter(Abs)",
                                                  "Jitter:PPQ5", "Jitter:DDP", "Shimmer(dB)", "Shimmer:APQ5",
                                                  "Shimmer:APQ11", "Shimmer:DDA", "NHR", "HNR", "RPDE", "DFA",
                                                  "PPE"});
}

TEST_CASE("standardized red wine has the published statistics, and NumPy's bits") {
    const auto folder = test::test_data("uci");
    if (!folder) return;
    const auto split = load_uci("redwine", *folder);
    check_standardized(
        *split, {.rows = {1296, 144, 159},
                 .mean = {8.468402778, 0.5243854167, 0.2784166667, 2.541631944, 0.08886319444, 15.56527778,
                          46.99791667, 0.9968560069, 3.302479167, 0.6590486111, 10.40453704},
                 .first_row = {-0.613195, 0.979711, -1.427723, -0.472322, -0.265060, -0.438564, -0.391064,
                               0.499810, 1.340479, -0.565657, -0.930841},
                 .raw_space = -9.474874,
                 .hashes = {"fcf5955724ee4498", "08bd43ee9acaefe2", "70dfb870b686e405", "9b0622fa098c1d1b",
                            "b60d3f5a34de2ad8"}});
    check_printed(split->deviation,
                  {1.742354794, 0.1792514937, 0.1950074607, 1.358462843, 0.04852943014, 10.40959306,
                   33.23734611, 0.001888704792, 0.1548109272, 0.1751035341, 1.079171072},
                  1e-9);
}

TEST_CASE("standardized white wine has the published statistics, and NumPy's bits") {
    const auto raw = test::test_data("uci/winequality-white.csv");
    if (!raw) return;
    check_standardized(
        *load_uci("whitewine", raw->parent_path()),
        {.rows = {3969, 440, 489},
         .mean = {6.921331368, 0.2758006351, 0.3366568383, 6.441517351, 0.04597255614, 35.45202994,
                  139.6384668, 0.9941505024, 3.187285099, 0.4893717396, 10.4679058},
         .first_row = {0.094323, -0.058307, 0.192549, 2.795026, -0.044410, 0.570145, 0.710908, 2.291795,
                       -1.233285, -0.342791, -1.368986},
         .raw_space = -9.882772,
         .hashes = {"bf3e59c78d41da4a", "d49bf115d4c42ba8", "d91e02e1e96aee37", "7cbfda9add175a83",
                    "4ae5a09e7fcc7164"}});
}

TEST_CASE("standardized Parkinsons has the published statistics, and NumPy's bits") {
    const auto folder = test::test_data("uci");
    if (!folder) return;
    check_standardized(
        *load_uci("parkinsons", *folder),
        {.rows = {4760, 528, 587},
         .mean = {93.31003011, 20.7555527, 28.27914654, 4.369820348e-05, 0.003258581694, 0.008820310136,
                  0.3120826399, 0.02036114788, 0.02762944213, 0.0517453593, 0.03142240828, 21.69691244,
                  0.5390354349, 0.6558146388, 0.2179208752},
         .first_row = {-1.640048, 0.925547, 0.567423, -0.275360, -0.023096, 0.342338, -0.350030, -0.424873,
                       -0.536484, -0.214257, -0.279801, -0.013031, -1.163907, -1.480470, -0.641137},
         .raw_space = -33.259680,
         .hashes = {"1af794ce1b34a2da", "8b9f76624f0d1ae1", "84028438b04d9cf3", "98e7ed6e3880815e",
                    "d1662b5ca4b01a34"}});
}

TEST_CASE("white wine is all columns but the last, in file order") {
    // A file of the original's size and shape: 4,898 rows of 12 numbers, the last row's last cell drawn out.
    std::string text;
    for (int column = 0; column < 12; ++column)
        text += (column ? ";\"c" : "\"c") + std::to_string(column) + "\"";
    text += "\n";
    for (int row = 0; row < 4898; ++row) {
        for (int column = 0; column < 12; ++column)
            text += (column ? ";" : "") + std::to_string(row % 10 + column);
        if (row < 4897) text += "\n";
    }
    REQUIRE(text.size() < 264426);
    text += "." + std::string(264426 - text.size() - 1, '0');
    const test::TemporaryFolder folder;
    folder.write("winequality-white.csv", text);
    const Table table = read_uci_table("whitewine", folder.path());
    CHECK(table.rows() == 4898);
    CHECK(table.columns == 11);
    CHECK(table.names.back() == "c10");
    CHECK(table(4897, 10) == 17);
    const auto split = load_uci("whitewine", folder.path());
    CHECK(split->name == "uci/whitewine");
    CHECK(split->rows(Split::train) == 3969);
    CHECK(split->rows(Split::validation) == 440);
    CHECK(split->rows(Split::test) == 489);
}

TEST_CASE("MiniBooNE keeps signal rows without flags, and no column whose smallest value repeats") {
    // Seven signal rows, one of them flagged; three background rows that would otherwise count.
    std::string text = "  7  3\n";
    for (int row = 0; row < 6; ++row) {
        // Column 3: its smallest value six times, so it goes. Column 7: five times its smallest, so it stays.
        // Column 9: six times a value that is not its smallest, so it stays.
        std::vector<std::pair<int, std::string>> planted{
            {3, "-1.5"}, {7, row < 5 ? "-2.0" : "4.0"}, {9, row == 0 ? "-9" : "5"}};
        text += miniboone_row(row, planted);
        if (row == 2) text += miniboone_row(60, {{0, "-999.0"}, {9, "-99"}, {20, "-999.0"}});
    }
    for (int row = 0; row < 3; ++row) text += miniboone_row(80 + row, {{7, "-2.0"}, {20, "-5"}});
    const Table table = parse_miniboone(text, "m.txt");
    CHECK(table.rows() == 6);
    CHECK(table.columns == 49);
    CHECK(table(0, 0) == 0.1000);
    CHECK(table(5, 0) == 0.1005);
    CHECK(table(0, 3) == 4.1000);  // column 3 is gone, its neighbour has moved up
    CHECK(table(3, 6) == -2.0);    // column 7 stays
    CHECK(table(1, 8) == 5);       // column 9 stays
}

TEST_CASE("a damaged MiniBooNE file is told from a whole one") {
    CHECK(message_of([] {
              parse_miniboone("1.5 2\n" + miniboone_row(0), "m.txt");
          }).starts_with("m.txt: line 1: does not begin with the numbers of signal and background rows"));
    CHECK(message_of([] {
              parse_miniboone("2 1\n" + miniboone_row(0) + miniboone_row(1), "m.txt");
          }).find("holds 2 rows of 50 columns where its first line announces 3 of 50") != std::string::npos);
    CHECK(message_of([] {
              parse_miniboone("1 0\n" + miniboone_row(0, {{0, "-999"}}), "m.txt");
          }).find("holds no signal row with measurements") != std::string::npos);
    CHECK(message_of([] {
              parse_miniboone("1 0\n" + miniboone_row(0, {{4, "?"}}), "m.txt");
          }).starts_with("m.txt: line 2, column 5: '?' is not a number"));
    CHECK(message_of([] { parse_miniboone("", "m.txt"); }) != "(nothing thrown)");
    const test::TemporaryFolder folder;
    folder.write("MiniBooNE_PID.txt", "1 0\n" + miniboone_row(0));
    CHECK(message_of([&] {
              read_uci_table("miniboone", folder.path());
          }).find("gives 1 rows of 50 columns, the original 36488 of 43") != std::string::npos);
}

TEST_CASE("a raw UCI file that is missing, cut short or re-saved is refused with where to get it") {
    const test::TemporaryFolder folder;
    const auto missing = message_of([&] { read_uci_table("redwine", folder.path()); });
    CHECK(missing.find("winequality-red.csv: cannot open the file: No such file or directory") !=
          std::string::npos);
    folder.write("winequality-red.csv", "a;b\n1;2\n");
    const auto cut = message_of([&] { read_uci_table("redwine", folder.path()); });
    CHECK(cut.find("winequality-red.csv: byte 8: has 8 bytes, the original 84199") != std::string::npos);
    CHECK(cut.find("UCI data set 186") != std::string::npos);
    folder.write("winequality-red.csv", "a;b\n1;" + std::string(84199 - 7, '0') + "\n");
    CHECK(message_of([&] {
              read_uci_table("redwine", folder.path());
          }).find("holds 1 rows of 2 columns, the original 1599 of 12 with their names") !=
          std::string::npos);
}

TEST_CASE("an unknown UCI name gets a suggestion") {
    CHECK(message_of<ConfigError>([] {
              read_uci_table("redwin", ".");
          }).starts_with("unknown UCI data set 'redwin', did you mean 'redwine'?"));
}
