#include <string>
#include <vector>

#include <doctest/doctest.h>

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
with h5py.File('two.h5', 'w') as f: f['a'] = f['b'] = np.zeros((2, 2))
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
    CHECK(error("two.h5").find("two.h5: holds several data sets: a, b (say which one is meant)") !=
          std::string::npos);
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
    CHECK(error("bad.h5", "other").find("it holds cube, empty") != std::string::npos);
    CHECK(error("cut.h5").find("cut.h5: cannot open the file: HDF5 says: truncated file") !=
          std::string::npos);
    CHECK(error("missing.h5").find("missing.h5: No such file or directory") != std::string::npos);
    folder.write("plain.h5", "this is not HDF5");
    CHECK(error("plain.h5").find("plain.h5: is not an HDF5 file") != std::string::npos);
}
