#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>

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
    // numpy 1.24.2: np.save("a.npy", np.array([[1.5, -2], [3, 4e300]]))
    const test::TemporaryFolder folder;
    const std::vector<std::size_t> shape{2, 2};
    write_npy(folder / "a.npy", shape, std::vector<double>{1.5, -2, 3, 4e300});
    CHECK(
        test::content_of(folder / "a.npy") ==
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }", raw<double>({1.5, -2, 3, 4e300})));
    // np.save("a.npy", np.array([1, 2], np.int32))
    write_npy(folder / "a.npy", std::vector<std::size_t>{2}, std::vector<std::int32_t>{1, 2});
    CHECK(test::content_of(folder / "a.npy") ==
          npy("{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }", raw<std::int32_t>({1, 2})));
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
    CHECK(error_of(npy("{'descr': '>f8', 'fortran_order': False, 'shape': (1,), }", raw<double>({1})))
              .starts_with("a.npy: header: elements of type '>f8' are not supported"));
    CHECK(error_of(npy("{'descr': '<f8', 'fortran_order': True, 'shape': (1, 1), }", raw<double>({1})))
              .starts_with("a.npy: header: the array is in Fortran order"));
    CHECK(error_of(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", raw<double>({1, 2})))
              .find("holds 16 bytes of data where the shape (3) of '<f8' needs 8 for each of 3 elements") !=
          std::string::npos);
    CHECK(error_of(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", raw<double>({1, 2}))) !=
          "(nothing thrown)");
    CHECK(error_of(npy("{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }",
                       raw<std::int64_t>({(1LL << 53) + 1})))
              .starts_with("a.npy: element 0: float64 cannot hold the whole number exactly"));
    CHECK(error_of(npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }",
                       raw<double>({1}))) != "(nothing thrown)");
    CHECK(error_of(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", ""))
              .find("is too large") != std::string::npos);
    const auto whole = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", raw<double>({1}));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        CHECK(error_of(whole.substr(0, size)) != "(nothing thrown)");
    }
}

TEST_CASE("only a finite two-dimensional array is a table") {
    const test::TemporaryFolder folder;
    write_npy(folder / "a.npy", std::vector<std::size_t>{2, 2}, std::vector<double>{1, 2, 3, 4});
    CHECK(read_npy_table(folder / "a.npy").columns == 2);
    CHECK(read_table((folder / "a.npy").string()).rows() == 2);
    write_npy(folder / "b.npy", std::vector<std::size_t>{4}, std::vector<double>{1, 2, 3, 4});
    CHECK(message_of([&] {
              read_npy_table(folder / "b.npy");
          }).find("the shape (4) is not that of a table") != std::string::npos);
    write_npy(folder / "c.npy", std::vector<std::size_t>{2, 2}, std::vector<double>{1, 2, 3, 0.0 / 0.0});
    CHECK(message_of([&] {
              read_npy_table(folder / "c.npy");
          }).find("row 2, column 2: the value is not finite") != std::string::npos);
}

TEST_CASE("writing into a folder that is not there is a typed error") {
    const test::TemporaryFolder folder;
    const auto message = message_of(
        [&] { write_npy(folder / "none" / "a.npy", std::vector<std::size_t>{1}, std::vector<double>{1}); });
    CHECK(message.find("a.npy: cannot create the file: No such file or directory") != std::string::npos);
}
