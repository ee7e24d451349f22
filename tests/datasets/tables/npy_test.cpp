#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <mollify/datasets/tables/npy.hpp>
#include <mollify/datasets/tables/read_table.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;
using mollify::test::message_of;

namespace {

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

/// A file of version 1 with this header text.
std::string npy(std::string header, const std::string& data) {
    while ((10 + header.size() + 1) % 64 != 0) header += ' ';
    header += '\n';
    return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size() & 0xFF) +
           static_cast<char>(header.size() >> 8) + header + data;
}

std::string error_of(const std::string& file) {
    return message_of([&] { parse_npy(bytes_of(file), "a.npy"); });
}

template <class T>
std::string raw(std::vector<T> values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

}  // namespace

TEST_CASE("a written array is byte for byte what numpy.save writes") {
    // numpy 1.24.2: np.save("a.npy", np.array([[1.5, -2], [3, 4e30]], np.float32))
    const test::TemporaryFolder folder;
    write_npy(folder / "a.npy", std::vector<std::size_t>{2, 2}, std::vector<float>{1.5F, -2, 3, 4e30F});
    CHECK(
        test::content_of(folder / "a.npy") ==
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", raw<float>({1.5F, -2, 3, 4e30F})));
    // np.save("a.npy", np.array([1, 2], np.uint8))
    write_npy(folder / "a.npy", std::vector<std::size_t>{2}, std::vector<std::uint8_t>{1, 2});
    CHECK(test::content_of(folder / "a.npy") ==
          npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", raw<std::uint8_t>({1, 2})));
}

TEST_CASE("floats and integers of every width come back exactly") {
    const auto read = [](const char* type, const std::string& data, const char* shape) {
        return parse_npy(bytes_of(npy(std::string("{'descr': '") + type +
                                          "', 'fortran_order': False, 'shape': " + shape + ", }",
                                      data)),
                         "a.npy");
    };
    using V = std::vector<double>;
    CHECK(read("<f8", raw<double>({0.1, -1e300}), "(2,)").values == V{0.1, -1e300});
    CHECK(read("<f4", raw<float>({0.1F, 3}), "(2, 1)").values == V{0.1F, 3});
    CHECK(read("|i1", raw<std::int8_t>({-128, 127}), "(2,)").values == V{-128, 127});
    CHECK(read("|u1", raw<std::uint8_t>({0, 255}), "(2,)").values == V{0, 255});
    CHECK(read("<i2", raw<std::int16_t>({-2, 1}), "(2,)").values == V{-2, 1});
    CHECK(read("<u4", raw<std::uint32_t>({4294967295}), "(1,)").values == V{4294967295});
    CHECK(read("<i8", raw<std::int64_t>({-(1LL << 53), 1LL << 60}), "(2,)").values == V{-0x1p53, 0x1p60});
    CHECK(read("<f8", raw<double>({7}), "()").values == V{7});
    CHECK(read("<f8", raw<double>({1, 2, 3, 4, 5, 6}), "(1, 2, 3)").shape ==
          std::vector<std::size_t>{1, 2, 3});
    CHECK(read("<f8", "", "(0, 3)").values.empty());
}

TEST_CASE("arrays that are not supported or not whole are refused with the reason") {
    CHECK(error_of("hello").starts_with("a.npy: byte 0: is not a .npy file"));
    for (const char* const type : {"<c16", "<f16", "|O", "<U3", "|S3", "<M8[ns]", "", "<f3", "f8"}) {
        CHECK(error_of(npy(std::string("{'descr': '") + type + "', 'fortran_order': False, 'shape': (1,), }",
                           raw<double>({1, 2})))
                  .starts_with(std::string("a.npy: header: elements of type '") + type +
                               "' are not supported"));
    }
    CHECK(error_of(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", raw<double>({1, 2})))
              .find("holds 16 bytes of data where the shape (3) needs 8 for each of 3 elements") !=
          std::string::npos);
    CHECK(error_of(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", raw<double>({1, 2}))) !=
          "(nothing thrown)");
    CHECK(error_of(npy("{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }",
                       raw<std::int64_t>({(1LL << 53) + 1})))
              .starts_with("a.npy: element 0: float64 cannot hold the whole number exactly"));
    CHECK(error_of("PK\x03\x04....x.npy")
              .starts_with("a.npy: byte 0: is not a .npy file but a NumPy archive (.npz)"));
    CHECK(error_of(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", ""))
              .find("is too large") != std::string::npos);
    const auto whole = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", raw<double>({1}));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        CHECK(error_of(whole.substr(0, size)) != "(nothing thrown)");
    }
}

TEST_CASE("either byte order gives the same numbers, for every type") {
    const auto both = [](const std::string& type, const std::string& data, std::size_t width) {
        std::string swapped = data;
        for (std::size_t i = 0; i < data.size(); i += width)
            std::reverse(swapped.begin() + static_cast<std::ptrdiff_t>(i),
                         swapped.begin() + static_cast<std::ptrdiff_t>(i + width));
        const auto shape =
            "', 'fortran_order': False, 'shape': (" + std::to_string(data.size() / width) + ",), }";
        const auto little = parse_npy(bytes_of(npy("{'descr': '<" + type + shape, data)), "a.npy");
        const auto big = parse_npy(bytes_of(npy("{'descr': '>" + type + shape, swapped)), "a.npy");
        CHECK(little.values == big.values);
        return big.values;
    };
    using V = std::vector<double>;
    CHECK(both("f8", raw<double>({0.1, -1e300}), 8) == V{0.1, -1e300});
    CHECK(both("f4", raw<float>({0.1F, 3}), 4) == V{0.1F, 3});
    CHECK(both("i2", raw<std::int16_t>({-2, 257}), 2) == V{-2, 257});
    CHECK(both("u2", raw<std::uint16_t>({65535, 1}), 2) == V{65535, 1});
    CHECK(both("i4", raw<std::int32_t>({-70000}), 4) == V{-70000});
    CHECK(both("u4", raw<std::uint32_t>({4294967295}), 4) == V{4294967295});
    CHECK(both("i8", raw<std::int64_t>({-(1LL << 53)}), 8) == V{-0x1p53});
    CHECK(both("u8", raw<std::uint64_t>({1ULL << 63}), 8) == V{0x1p63});
    // numpy 1.24.2: np.array([1, -2, 65504, 6e-8, 6.1e-5, 0.1], np.float16).astype(float)
    CHECK(both("f2", raw<std::uint16_t>({0x3C00, 0xC000, 0x7BFF, 0x0001, 0x0400, 0x2E66}), 2) ==
          V{1, -2, 65504, 0x1p-24, 0x1p-14, 0.0999755859375});
    CHECK(std::isinf(both("f2", raw<std::uint16_t>({0xFC00}), 2)[0]));
    CHECK(parse_npy(
              bytes_of(npy("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", {"\x01\0\x01", 3})),
              "a.npy")
              .values == V{1, 0, 1});
}

TEST_CASE("an array in Fortran order gives the elements of the same array in C order") {
    CHECK(rc::check([] {
        const auto shape = *rc::gen::container<std::vector<std::size_t>>(*rc::gen::inRange(0, 5),
                                                                         rc::gen::inRange<std::size_t>(1, 5));
        std::size_t count = 1;
        std::string tuple;
        for (const auto extent : shape) {
            count *= extent;
            tuple += std::to_string(extent) + ",";
        }
        // Element i of the C order stands at the place whose digits, in the shape's mixed radix, are read backwards.
        std::vector<double> fortran(count);
        std::vector<double> expected(count);
        for (std::size_t i = 0; i < count; ++i) {
            std::size_t rest = i;
            std::size_t place = 0;
            std::size_t stride = count;
            for (auto extent = shape.rbegin(); extent != shape.rend(); ++extent) {
                stride /= *extent;
                place += rest % *extent * stride;
                rest /= *extent;
            }
            expected[i] = static_cast<double>(i);
            fortran[place] = static_cast<double>(i);
        }
        const auto array =
            parse_npy(bytes_of(npy("{'descr': '<f8', 'fortran_order': True, 'shape': (" + tuple + "), }",
                                   raw(fortran))),
                      "a");
        RC_ASSERT(array.shape == shape);
        RC_ASSERT(array.values == expected);
    }));
}

TEST_CASE("a structured array of numbers is a table of its fields") {
    // numpy 1.24.2: np.array([(1.5, 7, True), (-2, -8, False)], np.dtype([("a", "<f8"), ("b", ">i2"), ("c d", "?")],
    // align=True)), whose records have gaps
    const std::string data = raw<double>({1.5}) + std::string("\0\x07\x01\0\0\0\0\0", 8) + raw<double>({-2}) +
                             std::string("\xFF\xF8\0\0\0\0\0\0", 8);
    const auto file =
        npy("{'descr': [('a', '<f8'), ('b', '>i2'), (\"c d\", '|b1'), ('', '|V5')], "
            "'fortran_order': False, 'shape': (2,), }",
            data);
    const test::TemporaryFolder folder;
    const Table table = read_npy_table(folder.write("a.npy", file));
    CHECK(table.names == std::vector<std::string>{"a", "b", "c d"});
    CHECK(table.values == std::vector<double>{1.5, 7, 1, -2, -8, 0});
    CHECK(read_npy_table(folder / "a.npy", "b,a").values == std::vector<double>{7, 1.5, -8, -2});
    const auto refused = [](const std::string& fields) {
        return error_of(
            npy("{'descr': [" + fields + "], 'fortran_order': False, 'shape': (1,), }", raw<double>({1})));
    };
    CHECK(refused("('a', '<f8'), ('k', '<U5'), ('t', '<M8[s]')")
              .starts_with("a.npy: header: fields that are no numbers: k of type '<U5', t of type '<M8[s]'"));
    for (const char* const fields :
         {"('k', '<U5')", "('x', '<f4', (2,))", "('x', [('y', '<f8')])", "(('title', 'x'), '<f8')"}) {
        CHECK(refused(fields).find("structured_to_unstructured") != std::string::npos);
    }
    CHECK(refused("") != "(nothing thrown)");
    CHECK(refused("('', '|V8')") != "(nothing thrown)");
    CHECK(refused("('a', '<f8'), ('', '|V18446744073709551608')") != "(nothing thrown)");
    CHECK(refused("('a', '<f8'") != "(nothing thrown)");
}

TEST_CASE("only a finite two-dimensional array is a table") {
    const test::TemporaryFolder folder;
    const auto write = [&](const char* name, const std::string& shape, const std::vector<double>& values) {
        return folder.write(
            name, npy("{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }", raw(values)));
    };
    const auto square = write("a.npy", "(2, 2)", {1, 2, 3, 4});
    CHECK(read_npy_table(square).columns == 2);
    CHECK(read_table(square.string()).rows() == 2);
    CHECK(message_of([&] {
              read_npy_table(write("b.npy", "(4,)", {1, 2, 3, 4}));
          }).find("the shape (4) is not that of a table") != std::string::npos);
    const auto gap = write("c.npy", "(2, 2)", {1, 2, 3, 0.0 / 0.0});
    CHECK(message_of([&] { read_npy_table(gap); })
              .find("row 2, column 2: the value is not finite (replace missing values, remove the row, or "
                    "leave the "
                    "column out: --set data.columns=1)") != std::string::npos);
    CHECK(read_npy_table(gap, "1").values == std::vector<double>{1, 3});
}

TEST_CASE("writing into a folder that is not there is a typed error") {
    const test::TemporaryFolder folder;
    const auto message = message_of(
        [&] { write_npy(folder / "none" / "a.npy", std::vector<std::size_t>{1}, std::vector<float>{1}); });
    CHECK(message.find("a.npy: cannot create the file: No such file or directory") != std::string::npos);
}
