#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/datasets/hdf5/contents.hpp>
#include <mollify/datasets/hdf5/pack.hpp>
#include <mollify/datasets/hdf5/table.hpp>
#include <mollify/tests/datasets/hdf5/python.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;
using mollify::test::message_of;

TEST_CASE("a table of any number type, layout and compression is read as float64") {
    if (!test::have_h5py()) return;
    const test::TemporaryFolder folder;
    test::run_python(folder, R"(
a = np.arange(12).reshape(4, 3) - 5
for name, options in dict(f8={}, f4={}, i2={}, u1={}, be=dict(dtype='>f8'), gz=dict(compression='gzip', chunks=(2, 2))).items():
    with h5py.File(name + '.h5', 'w') as f:
        if 'dtype' not in options: options['dtype'] = dict(gz='f8').get(name, name)
        f.create_dataset('group/table', data=a if name != 'u1' else a + 5, **options)
        if name == 'f8': f['group/table'].attrs['columns'] = ['a', 'b', 'c']
)");
    for (const std::string name : {"f8", "f4", "i2", "be", "gz", "u1"}) {
        CAPTURE(name);
        const Table table = read_hdf5_table(folder / (name + ".h5"));
        CHECK(table.rows() == 4);
        CHECK(table.columns == 3);
        for (int i = 0; i < 12; ++i)
            CHECK(table.values[static_cast<std::size_t>(i)] == (name == "u1" ? i : i - 5));
    }
    CHECK(read_hdf5_table(folder / "f8.h5", "group/table").names == std::vector<std::string>{"a", "b", "c"});
    CHECK(read_hdf5_table(folder / "f4.h5").names.empty());
}

TEST_CASE("a file or data set that is no table is refused, with file, data set and reason") {
    if (!test::have_h5py()) return;
    const test::TemporaryFolder folder;
    test::run_python(folder, R"(
with h5py.File('two.h5', 'w') as f:
    f['a'] = np.zeros((2, 2))
    f['b'] = np.zeros((2, 2))
with h5py.File('none.h5', 'w') as f: f.create_group('g')
with h5py.File('bad.h5', 'w') as f:
    f['cube'] = np.zeros((2, 2, 2))
    f['text'] = np.full((2, 2), b'x')
    f['empty'] = np.zeros((0, 3))
    f['nan'] = np.array([[1, 2], [3, np.nan]])
    f['scalar'] = 1.0
    f.create_dataset('unwritten', (3, 3))
with h5py.File('cut.h5', 'w') as f: f['a'] = np.ones((1000, 10))
data = open('cut.h5', 'rb').read(); open('cut.h5', 'wb').write(data[:4000])
)");
    const auto error = [&](const char* file, const char* name = "") {
        return message_of([&] { read_hdf5_table(folder / file, name); });
    };
    CHECK(error("two.h5").find(
              "two.h5: holds several data sets: a (2, 2) float64, b (2, 2) float64 (name the one that "
              "is meant: --set data.dataset=a)") != std::string::npos);
    CHECK(error("none.h5").find("none.h5: holds no data set") != std::string::npos);
    CHECK(error("bad.h5", "cube").find("bad.h5: data set 'cube': has shape (2, 2, 2), not that of a table") !=
          std::string::npos);
    CHECK(error("bad.h5", "text").find("data set 'text': holds a type that is no number") !=
          std::string::npos);
    CHECK(error("bad.h5", "empty").find("has shape (0, 3)") != std::string::npos);
    CHECK(error("bad.h5", "nan").find("data set 'nan', row 2, column 2: the value is not finite") !=
          std::string::npos);
    CHECK(error("bad.h5", "scalar").find("data set 'scalar': has no extents") != std::string::npos);
    CHECK(error("bad.h5", "unwritten").find("data set 'unwritten': was never written") != std::string::npos);
    CHECK(error("bad.h5", "other").find("data set 'other': is missing from the file") != std::string::npos);
    CHECK(error("bad.h5", "other").find("it holds cube (2, 2, 2) float64, empty (0, 3) float64") !=
          std::string::npos);
    CHECK(error("cut.h5").find("cut.h5: byte 4000: the file is cut short") != std::string::npos);
    CHECK(error("missing.h5").find("missing.h5: No such file or directory") != std::string::npos);
    folder.write("plain.h5", "this is not HDF5");
    CHECK(error("plain.h5").find("plain.h5: is not an HDF5 file") != std::string::npos);
}

namespace {

std::filesystem::path case_file(const std::string& name) {
    return std::filesystem::path(MOLLIFY_SOURCE_DIR) / "tests/golden/cases" / name;
}

std::string error_of_case(const std::string& name) {
    const auto path = case_file(name);
    auto message = message_of([&] { read_hdf5_table(path); });
    CAPTURE(message);
    CHECK(message.starts_with(path.string() + ": "));
    return message;
}

bool has(const std::string& message, const std::string& words) {
    const bool found = message.find(words) != std::string::npos;
    if (!found) MESSAGE("'", words, "' is not in: ", message);
    return found;
}

}  // namespace

TEST_CASE("a table that is compressed with LZF has the numbers of the plain one") {
    const auto plain = read_hdf5_table(case_file("H06-several/x_and_labels.h5"), "data");
    const auto compressed = read_hdf5_table(case_file("H02-lzf/lzf.h5"));
    CHECK(compressed.rows() == 120);
    CHECK(compressed.values == plain.values);
}

TEST_CASE("a filter that is not there is named, with ways to get at the numbers") {
    const std::vector<std::pair<std::string, std::string>> cases{{"zstd", "32015 ('HDF5 zstd filter')"},
                                                                 {"blosc", "32001 ('blosc')"},
                                                                 {"bitshuffle", "32008 ('bitshuffle')"}};
    for (const auto& [name, filter] : cases) {
        const auto message = error_of_case("H03-plugins/" + name + ".h5");
        CHECK(has(message,
                  "data set 'X': is compressed with the filter " + filter + ", which HDF5 does not have"));
        CHECK(has(message, "HDF5_PLUGIN_PATH"));
        CHECK(has(message, "h5repack -f GZIP=4 in.h5 out.h5"));
    }
}

TEST_CASE("cut, damaged and empty files are told apart, and from locks") {
    CHECK(has(error_of_case("H09-damaged/cut.h5"),
              "byte 8739: the file is cut short: it says that it has 9239 bytes (copy it again, whole)"));
    CHECK(
        has(error_of_case("H09-damaged/flipped_chunk.h5"),
            "data set 'X', chunk at (7, 3) (119 bytes from byte 4497): cannot be read: HDF5 says: data error "
            "detected by Fletcher32 checksum (the file is damaged: copy or make it again)"));
    const test::TemporaryFolder folder;
    CHECK(has(message_of([&] { read_hdf5_table(folder.write("zero.h5", "")); }),
              "the file is empty (0 bytes)"));
    for (const auto* name : {"H09-damaged/cut.h5", "H09-damaged/flipped_chunk.h5"})
        CHECK_FALSE(has(error_of_case(name), "lock"));
}

TEST_CASE("a file whose writer died, and one that is being written, are told apart from damage") {
    if (!test::have_h5py()) return;
    const test::TemporaryFolder folder;
    test::run_python(folder, R"(
import os, shutil
f = h5py.File('a.h5', 'w', libver='latest')
f['x'] = np.ones((4, 2))
f.flush()
shutil.copy('a.h5', 'dead.h5')
os._exit(0)
)");
    const auto message = message_of([&] { read_hdf5_table(folder / "dead.h5"); });
    CHECK(has(message, "is open for writing, or the program that wrote it ended early"));
    CHECK(has(message, "h5clear -s FILE.h5"));
}

TEST_CASE("where a file holds several data sets, they are listed, with the way to choose") {
    CHECK(has(error_of_case("H06-several/several.h5"),
              "holds several data sets: x_test (40, 4) float64, x_train (80, 4) float64, y (120) int64 (name "
              "the one "
              "that is meant: --set data.dataset=x_test)"));
    CHECK(has(error_of_case("H06-several/x_and_labels.h5"), "--set data.dataset=data)"));
    CHECK(has(error_of_case("H06-several/column_per_dataset.h5"),
              "d (120) float64; none of them is a table (write the columns side by side"));
    CHECK(read_hdf5_table(case_file("H06-several/several.h5"), "x_train").rows() == 80);
}

TEST_CASE("images that are asked for as a table are told to be images, with what reads them") {
    if (!test::have_h5py()) return;
    const test::TemporaryFolder folder;
    test::run_python(folder, R"(
images = np.zeros((4, 8, 8, 3), np.uint8)
with h5py.File('a.h5', 'w') as f:
    f['images'] = images
    f['ans'] = np.zeros(4)
with h5py.File('b.HDF5', 'w') as f: f['x'] = images
)");
    CHECK(has(message_of([&] { read_hdf5_table(folder / "a.h5"); }),
              "holds images, no table: images (4, 8, 8, 3) uint8 (take --preset own/images --set "
              "data.set=pack --data " +
                  (folder / "a.h5").string() + ")"));
    CHECK(has(message_of([&] { read_hdf5_table(folder / "b.HDF5"); }), " --set data.dataset=x)"));
}

TEST_CASE("HDF5 files are known by their first bytes, and by an ending in any case") {
    const test::TemporaryFolder folder;
    const auto content = test::content_of(case_file("H02-lzf/lzf.h5"));
    CHECK(is_hdf5(folder.write("a.mat", content)));
    CHECK(is_hdf5(folder.write("block", std::string(512, ' ') + content)));
    CHECK_FALSE(holds_images(folder / "a.mat"));
    for (const auto* name : {"a.H5", "a.hdf5", "a.HDF5", "a.he5"}) CHECK(is_hdf5(folder.write(name, "x")));
    CHECK_FALSE(is_hdf5(folder.write("a.csv", "1,2\n")));
    CHECK_FALSE(is_hdf5(folder.path()));
    CHECK_FALSE(is_hdf5(folder / "none.csv"));
    CHECK_FALSE(holds_images(folder / "none.h5"));
}

TEST_CASE("a table larger than memory is refused by what it announces, before anything is allocated") {
    if (!test::have_h5py()) return;
    const test::TemporaryFolder folder;
    test::run_python(folder, R"(
with h5py.File('a.h5', 'w') as f:
    f.create_dataset('x', (10**7, 10**6), 'i1', chunks=(1, 100), compression='gzip')[0, 0] = 1
    f.create_dataset('more', (2**31, 2**30), 'i1', chunks=(2**20, 1))[0, 0] = 1
    f.create_dataset('images', (2**36, 8, 8, 3), 'u1', chunks=(1, 8, 8, 3))[0, 0, 0, 0] = 1
    f.create_dataset('labels', (2**36,), 'i8', chunks=(1024,))[0] = 1
)");
    const auto message = message_of([&] { read_hdf5_table(folder / "a.h5", "x"); });
    CHECK(has(message, "data set 'x': a table of shape (10000000, 1000000) takes 120.0 TB of memory, and "));
    CHECK(has(message, " are available (use a part of it)"));
    CHECK(has(message_of([&] { read_hdf5_table(folder / "a.h5", "more"); }), "EB of memory"));
    CHECK(has(message_of([&] { PackDataset(folder / "a.h5"); }),
              "data set 'labels': all of it takes 549.8 GB"));
}
