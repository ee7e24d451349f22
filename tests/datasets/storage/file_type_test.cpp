#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <mollify/datasets/storage/file_type.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;
using mollify::test::message_of;
using std::string_view_literals::operator""sv;
using Kind = FileType::Kind;

namespace {

const FileType& type_of(std::string_view start) { return file_type(std::as_bytes(std::span(start))); }

std::string behind(std::size_t zeros, std::string_view bytes) {
    return std::string(zeros, '\0') + std::string(bytes);
}

}  // namespace

TEST_CASE("a file's first bytes tell what it is, and each type has a remedy") {
    const std::pair<std::string, std::string_view> known[] = {
        {"\x93NUMPY\x01", "a NumPy array (.npy)"},
        {std::string("\x89HDF\r\n\x1A\n"), "an HDF5 file"},
        {"MATLAB 7.3 MAT-file" + behind(512 - 19, "\x89HDF\r\n\x1A\n"),
         "an HDF5 file (with a user block, as MATLAB 7.3 writes)"},
        {"\xFF\xD8\xFF\xE0", "a JPEG picture"},
        {"\x89PNG\r\n\x1A\n", "a PNG picture"},
        {"GIF89a", "a GIF picture"},
        {std::string("RIFF\x10\0\0\0WEBPVP8 "sv), "a WebP picture"},
        {std::string("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"sv), "a BMP picture"},
        {std::string("II*\0\x08"sv), "a TIFF picture"},
        {std::string("MM\0*"sv), "a TIFF picture"},
        {std::string("\0\0\0\x18"
                     "ftypheic"sv),
         "a HEIC picture"},
        {std::string("\0\0\0\x18"
                     "ftypmif1"sv),
         "a HEIC picture"},
        {std::string("\0\0\0\x18"
                     "ftypavif"sv),
         "an AVIF picture"},
        {std::string("\0\0\0\x18"
                     "ftypisom"sv),
         "a video"},
        {"\x1F\x8B\x08", "compressed by gzip"},
        {"BZh91AY&SY", "compressed by bzip2"},
        {std::string("\xFD\x37zXZ\0"sv), "compressed by xz"},
        {"\x28\xB5\x2F\xFD", "compressed by zstd"},
        {"a.csv" + behind(252, "ustar\0"sv), "a tar archive"},
        {"a.csv" + behind(252, "ustar  \0"sv), "a tar archive"},
        {"PAR1\x15\x04", "a Parquet file"},
        {"MATLAB 5.0 MAT-file, Platform: GLNXA64", "a MATLAB file (.mat)"},
        {"PK\x03\x04....x.npy\x93NUMPY", "a NumPy archive (.npz) of several arrays"},
        {"PK\x03\x04....xl/workbook.xml", "an Excel file (.xlsx)"},
        {"PK\x03\x04....[Content_Types].xml", "an Excel file (.xlsx)"},
        {"PK\x03\x04....archive/data.pkl", "a PyTorch file"},
        {"PK\x03\x04....a.csv", "a zip archive"},
        {"\x80\x04\x95", "a Python pickle"},
        {"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer in place of the file"},
        {"/annex/objects/SHA256E-s1--aa.csv\n", "a git-annex pointer in place of the file"},
        {std::string("\xFF\xFE\x31\0,\0"sv), "text in UTF-16"},
        {std::string("\xFE\xFF\0\x31"sv), "text in UTF-16"},
        {std::string("\xFF\xFE\0\0\x31\0\0\0"sv), "text in UTF-32"},
        {"\n <!DOCTYPE html>", "a web page (HTML)"},
        {"\xEF\xBB\xBF<HTML>", "a web page (HTML)"},
        {"<?xml version=\"1.0\"?>", "an XML file"},
        {"{\"a\": 1}", "a JSON file"},
        {" [[1, 2]]", "a JSON file"},
        {std::string("1\0\0\0"sv), "data of an unknown kind, not text"},
        {"\x01\x02\x03\x04", "data of an unknown kind, not text"},
    };
    for (const auto& [start, name] : known) {
        CAPTURE(name);
        const auto& type = type_of(start);
        CHECK(std::string_view(type.name) == name);
        CHECK(type.remedy != ""sv);
        CHECK(type.kind != Kind::text);
    }
}

TEST_CASE("what may be text is text: header names that look like signatures, marks, and no bytes at all") {
    for (const auto start :
         {""sv, "1,2\n"sv,
          "\xEF\xBB\xBF"
          "a,b\n"sv,
          "BM,age\n170,3\n"sv, "PAR1,PAR2\n"sv, "RDX,a\n"sv, "BZh,b\n"sv, "MM,II\n"sv, "# comment\n1\n"sv,
          "Gr\xF6\xDF"
          "e;B\n1;2\n"sv,
          "PK,ftyp\n"sv, "\t1\t2\r\n"sv, "RIFF;WEBP\n"sv}) {
        CAPTURE(start);
        CHECK(type_of(start).kind == Kind::text);
    }
}

TEST_CASE("every cut of a file's beginning has a type, and bytes far behind decide nothing") {
    const auto whole = "MATLAB 7.3 MAT-file" + behind(512 - 19, "\x89HDF\r\n\x1A\n");
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK(type_of(whole.substr(0, size)).kind != Kind::hdf5);
    CHECK(type_of("1,2\n" + std::string(kTypeBytes, ' ') + behind(3, "x")).kind == Kind::text);
}

TEST_CASE("a file's type does not depend on its name, and what cannot be read is named") {
    const test::TemporaryFolder folder;
    CHECK(file_type(folder.write("a.csv", "\x93NUMPY\x01")).kind == Kind::npy);
    CHECK(file_type(folder.write("a.npy", "1,2\n")).kind == Kind::text);
    CHECK(message_of([&] {
              file_type(folder / "none.csv");
          }).find("none.csv: cannot read the file: No such file") != std::string::npos);
    CHECK(message_of([&] { file_type(folder.path()); }).find("cannot read the file: Is a directory") !=
          std::string::npos);
}
