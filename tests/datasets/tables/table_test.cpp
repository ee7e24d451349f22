#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/datasets/tables/columns.hpp>
#include <mollify/datasets/tables/csv.hpp>
#include <mollify/datasets/tables/npy.hpp>
#include <mollify/datasets/tables/read_table.hpp>
#include <mollify/datasets/tables/table.hpp>
#include <mollify/datasets/tables/table_split.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;
using mollify::test::message_of;

namespace {

/// x[i][j] = ((i·i + 37·j·i) mod 101)/7 + 1000·j, in float64.
Table made_table(std::size_t rows, std::size_t columns) {
    Table table{"made", {}, columns, {}};
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < columns; ++j) {
            table.values.push_back(static_cast<double>((i * i + 37 * j * i) % 101) / 7 +
                                   1000 * static_cast<double>(j));
        }
    }
    return table;
}

template <class T>
std::string hash(const std::vector<T>& values) {
    Fingerprint print;
    print.add(values.data(), values.size() * sizeof(T));
    return print.hex();
}

}  // namespace

TEST_CASE("splitting and standardizing gives NumPy's bits") {
    // /usr/bin/python3, numpy 1.24.2:
    //   i, j = np.arange(997)[:, None], np.arange(5)[None, :]
    //   a = ((i*i + 37*j*i) % 101) / 7 + 1000.0 * j
    //   t = int(.1 * len(a)); v = int(.1 * (len(a) - t)); m = a[:-t]
    //   mu, s = m.mean(axis=0), m.std(axis=0); x = ((a - mu) / s).astype(np.float32)
    //   and FNV-1a, 64 bits, over tobytes() of mu, s, x[:-t-v], x[-t-v:-t], x[-t:]
    const TableSplit split = split_and_standardize(made_table(997, 5), "made");
    CHECK(split.rows(Split::train) == 809);
    CHECK(split.rows(Split::validation) == 89);
    CHECK(split.rows(Split::test) == 99);
    CHECK(hash(split.mean) == "4940a417aad550e9");
    CHECK(hash(split.deviation) == "522e87cb918d0e99");
    CHECK(hash(split.train) == "25880336aebd96e5");
    CHECK(hash(split.validation) == "00afb17ada0e2ed2");
    CHECK(hash(split.test) == "24313bd9a11d332c");
}

TEST_CASE("the parts of a split are data sets of rows in the order of the table") {
    const auto split = std::make_shared<const TableSplit>(split_and_standardize(made_table(50, 3), "made"));
    const TableDataset test(split, Split::test);
    CHECK(test.size() == 5);
    CHECK(test.format() == Format{Content::values, SampleShape::features(3)});
    Batch batch({.capacity = 2, .shape = test.format().shape});
    batch.admit(0, 0, std::vector<SampleId>{4, 1});
    test.read(batch);
    CHECK(std::vector<float>(batch.values(0).begin(), batch.values(0).end()) ==
          std::vector<float>(split->test.begin() + 12, split->test.begin() + 15));
    CHECK(batch.values(1)[0] == split->test[3]);
    CHECK(batch.labels()[0] == kNoLabel);
    CHECK(test.origin(4) == "made, test row 4");
    CHECK(test.fingerprint() != TableDataset(split, Split::train).fingerprint());
}

TEST_CASE("too few rows and constant columns cannot be standardized") {
    CHECK_NOTHROW(split_and_standardize(made_table(11, 2), "made"));
    CHECK(message_of([] { split_and_standardize(made_table(10, 2), "made"); }) ==
          "made: has 10 rows, too few for three parts (use a table of at least 11 rows)");
    Table constant = made_table(30, 2);
    constant.names = {"a", "b"};
    for (std::size_t i = 0; i < 30; ++i) constant.values[2 * i + 1] = 0.1;
    CHECK(message_of([&] {
              split_and_standardize(constant, "made");
          }).starts_with("made: 'b' (column 2): all training and validation values are equal"));
}

TEST_CASE("of columns that repeat each other the first is dropped, until none is left") {
    // b = 2a + 1, d = -a (a negative correlation stays), e = a with a little noise: a goes, then b, e stays
    // for last.
    Table table{"made", {"a", "b", "c", "d", "e"}, 5, {}};
    for (int i = 0; i < 40; ++i) {
        const double a = (i * 17) % 40;
        table.values.insert(table.values.end(),
                            {a, 2 * a + 1, static_cast<double>((i * i) % 13), -a, a + 0.01 * (i % 3)});
    }
    CHECK(drop_correlated_columns(table).names == std::vector<std::string>{"c", "d", "e"});
    CHECK(drop_correlated_columns(table, 1.1).names == table.names);
    for (int i = 0; i < 40; ++i) table.values[5 * i + 2] = 3;
    CHECK(message_of([&] {
              drop_correlated_columns(table);
          }).starts_with("made: 'c' (column 3): all values are equal"));
}

TEST_CASE("columns are chosen by number, in the order given") {
    const std::vector<std::size_t> chosen{2, 0};
    const Table table = select_columns(parse_csv("a,b,c\n1,2,3\n4,5,6\n", "t.csv"), chosen);
    CHECK(table.names == std::vector<std::string>{"c", "a"});
    CHECK(table.values == std::vector<double>{3, 1, 6, 4});
    CHECK(message_of([&] {
              select_columns(table, std::vector<std::size_t>{2});
          }).starts_with("t.csv: column 3: the table has only 2 columns"));
}

TEST_CASE("a table's first bytes tell how it is read, not the ending of its name") {
    const test::TemporaryFolder folder;
    using Values = std::vector<double>;
    CHECK(read_table(folder.write("a.data", "1 2\n3 4\n")).values == Values{1, 2, 3, 4});
    CHECK(read_table(folder.write("a.CSV", "1,2\n3,4\n"), {.columns = "2"}).values == Values{2, 4});
    const std::vector<std::size_t> shape{2, 2};
    for (const char* const name : {"b.npy", "b.NPY", "b.csv", "b"}) {
        write_npy(folder / name, shape, std::vector<float>{1, 2, 3, 4});
        CHECK(read_table(folder / name).values == Values{1, 2, 3, 4});
        CHECK(read_table(folder / name, {.columns = "2"}).values == Values{2, 4});
    }
    CHECK(message_of<ConfigError>([&] {
              read_table(folder / "b.csv", {.delimiter = ';', .decimal = ','});
          }).starts_with("data.delimiter, data.decimal: '"));
    for (const char* const name : {"a.npy", "a.NPZ", "a.h5", "a.HDF5"}) {
        CHECK(message_of([&] {
                  read_table(folder.write(name, "1 2\n"));
              }).find("is text, not what its name says") != std::string::npos);
    }
    CHECK(message_of([&] {
              read_table(folder.write("a.h5", "\x89HDF\r\n\x1A\n"));
          }).find("is an HDF5 file (read it with --set data.set=table") != std::string::npos);
    CHECK(message_of([&] { read_table(folder.write("a.npy", "")); }).find("the file is empty") !=
          std::string::npos);
    CHECK(message_of([&] { read_table(folder / "none.csv"); }).find("No such file") != std::string::npos);
}
