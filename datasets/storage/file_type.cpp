#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include <mollify/datasets/storage/file_type.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

using std::string_view_literals::operator""sv;
using Kind = FileType::Kind;

/// A type that bytes at one place tell.
struct Signature {
    std::size_t offset;
    std::string_view bytes;
    FileType type;
};

constexpr const char* kUntar = "unpack it first: tar -xf FILE";
constexpr const char* kUnpack = "unpack it first, and give the path of what was in it";
constexpr const char* kPicture = "it is a picture: put it into a folder of pictures (--set data.set=images)";
constexpr const char* kConvertPicture = "convert it to PNG or JPEG: magick FILE FILE.png";
constexpr const char* kDownloadAgain =
    "it is not the data but an answer of a web server: download the data again";
constexpr const char* kFromPython = "read it in Python, and save the numbers with numpy.save";
constexpr const char* kFromUtf16 = "save it as UTF-8, as a text editor can, or: iconv -f UTF-16 -t UTF-8";
constexpr const char* kFromUtf32 = "save it as UTF-8, as a text editor can, or: iconv -f UTF-32 -t UTF-8";

// Longer signatures stand before those that they begin with. The lists that they come from: the formats' own
// specifications, and file(1)'s.
constexpr Signature kSignatures[] = {
    {0, "\x93NUMPY"sv, {Kind::npy, "a NumPy array (.npy)", "read it as a table: --set data.set=table"}},
    {0,
     "\x89HDF\r\n\x1A\n"sv,
     {Kind::hdf5, "an HDF5 file", "read it with --set data.set=table, or a pack with --set data.set=pack"}},
    {512,
     "\x89HDF\r\n\x1A\n"sv,
     {Kind::hdf5, "an HDF5 file (with a user block, as MATLAB 7.3 writes)",
      "read it with --set data.set=table --set data.dataset=NAME"}},
    {0, "\xFF\xD8\xFF"sv, {Kind::jpeg, "a JPEG picture", kPicture}},
    {0, "\x89PNG\r\n\x1A\n"sv, {Kind::png, "a PNG picture", kPicture}},
    {0, "GIF87a"sv, {Kind::other, "a GIF picture", kConvertPicture}},
    {0, "GIF89a"sv, {Kind::other, "a GIF picture", kConvertPicture}},
    {0, "II*\0"sv, {Kind::other, "a TIFF picture", kConvertPicture}},
    {0, "MM\0*"sv, {Kind::other, "a TIFF picture", kConvertPicture}},
    {0, "\0\0\0\x0CJXL "sv, {Kind::other, "a JPEG XL picture", kConvertPicture}},
    {0, "\0\0\0\x0CjP  "sv, {Kind::other, "a JPEG 2000 picture", kConvertPicture}},
    {0,
     "\x1F\x8B"sv,
     {Kind::other, "compressed by gzip", "unpack it first: gunzip FILE (a .tar.gz: tar -xzf)"}},
    {4, "1AY&SY"sv, {Kind::other, "compressed by bzip2", "unpack it first: bunzip2 FILE"}},
    {0, "\xFD\x37zXZ\0"sv, {Kind::other, "compressed by xz", "unpack it first: unxz FILE"}},
    {0, "\x28\xB5\x2F\xFD"sv, {Kind::other, "compressed by zstd", "unpack it first: unzstd FILE"}},
    {0, "\x04\x22\x4D\x18"sv, {Kind::other, "compressed by lz4", "unpack it first: unlz4 FILE"}},
    {0, "7z\xBC\xAF\x27\x1C"sv, {Kind::other, "a 7z archive", kUnpack}},
    {0, "Rar!\x1A\x07"sv, {Kind::other, "a RAR archive", kUnpack}},
    {257, "ustar\0"sv, {Kind::other, "a tar archive", kUntar}},
    {257, "ustar  \0"sv, {Kind::other, "a tar archive", kUntar}},
    {0,
     "PAR1\x15"sv,
     {Kind::other, "a Parquet file", "convert it: pandas.read_parquet(FILE).to_csv(..., index=False)"}},
    {0,
     "ARROW1\0\0"sv,
     {Kind::other, "an Arrow (Feather) file",
      "convert it: pandas.read_feather(FILE).to_csv(..., index=False)"}},
    {0,
     "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv,
     {Kind::other, "an old Excel or other Office file", "save the sheet as CSV"}},
    {0, "SQLite format 3\0"sv, {Kind::other, "an SQLite database", "export the table as CSV"}},
    {0,
     "MATLAB 5.0 MAT-file"sv,
     {Kind::other, "a MATLAB file (.mat)",
      "save it for HDF5 (save ... -v7.3), or in Python: numpy.save(..., scipy.io.loadmat(FILE)[NAME])"}},
    {0, "RDX3\n"sv, {Kind::other, "an R data file", "save it as text: write.csv(x, ..., row.names = FALSE)"}},
    {0, "%PDF-"sv, {Kind::other, "a PDF document", "take the data themselves"}},
    {0,
     "version https://git-lfs"sv,
     {Kind::other, "a Git LFS pointer in place of the file", "fetch the file itself: git lfs pull"}},
    {0,
     "/annex/objects/"sv,
     {Kind::other, "a git-annex pointer in place of the file", "fetch the file itself: git annex get FILE"}},
    {0, "\xFF\xFE\0\0"sv, {Kind::other, "text in UTF-32", kFromUtf32}},
    {0, "\0\0\xFE\xFF"sv, {Kind::other, "text in UTF-32", kFromUtf32}},
    {0, "\xFF\xFE"sv, {Kind::other, "text in UTF-16", kFromUtf16}},
    {0, "\xFE\xFF"sv, {Kind::other, "text in UTF-16", kFromUtf16}},
};

constexpr FileType kNpz{Kind::other, "a NumPy archive (.npz) of several arrays",
                        "save one array of it: numpy.save(\"table.npy\", numpy.load(FILE)[NAME])"};
constexpr FileType kExcel{Kind::other, "an Excel file (.xlsx)", "save the sheet as CSV"};
constexpr FileType kTorch{Kind::other, "a PyTorch file", "save its tensor with numpy.save"};
constexpr FileType kZip{Kind::other, "a zip archive", "unpack it first: unzip FILE"};
constexpr FileType kWebP{Kind::other, "a WebP picture", kConvertPicture};
constexpr FileType kBmp{Kind::other, "a BMP picture", kConvertPicture};
constexpr FileType kHeic{Kind::other, "a HEIC picture", kConvertPicture};
constexpr FileType kAvif{Kind::other, "an AVIF picture", kConvertPicture};
constexpr FileType kVideo{Kind::other, "a video", "extract its frames as PNG or JPEG files"};
constexpr FileType kPickle{Kind::other, "a Python pickle", kFromPython};
constexpr FileType kHtml{Kind::other, "a web page (HTML)", kDownloadAgain};
constexpr FileType kXml{Kind::other, "an XML file", "export the table as CSV"};
constexpr FileType kJson{Kind::other, "a JSON file",
                         "convert it: pandas.read_json(FILE).to_csv(..., index=False)"};
constexpr FileType kUnknown{Kind::other, "data of an unknown kind, not text",
                            "convert it: tables to CSV, .npy or HDF5, pictures to PNG or JPEG"};
constexpr FileType kText{Kind::text, "text", "read it as a table: --set data.set=table"};

bool has(std::string_view start, std::size_t offset, std::string_view bytes) {
    return start.size() >= offset && start.substr(offset).starts_with(bytes);
}

/// Whether `word` stands at the beginning of `start`, in letters of any case.
bool begins_with_word(std::string_view start, std::string_view word) {
    return start.size() >= word.size() &&
           std::ranges::equal(start.substr(0, word.size()), word, {}, [](char c) {
               return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
           });
}

const FileType& zip_type(std::string_view start) {
    // The first members' names stand in the first bytes.
    for (const auto name : {"[Content_Types].xml"sv, "xl/"sv}) {
        if (start.find(name) != start.npos) return kExcel;
    }
    if (start.find("/data.pkl"sv) != start.npos) return kTorch;
    return start.find(".npy"sv) != start.npos ? kNpz : kZip;
}

/// Types that one run of bytes does not tell; null where it is none of these.
const FileType* composed_type(std::string_view start) {
    if (has(start, 0, "PK\x03\x04"sv) || has(start, 0, "PK\x05\x06"sv)) return &zip_type(start);
    if (has(start, 0, "RIFF"sv) && has(start, 8, "WEBP"sv)) return &kWebP;
    // "BM" alone may begin a text: the six bytes of zeros and size behind the file's size do not.
    if (has(start, 0, "BM"sv) && has(start, 6, "\0\0\0\0"sv) && has(start, 15, "\0\0\0"sv)) return &kBmp;
    if (has(start, 4, "ftyp"sv)) {
        const auto brand = start.substr(8, 4);
        if (brand == "avif" || brand == "avis") return &kAvif;
        const bool heif = brand.starts_with("he") || brand == "mif1" || brand == "msf1";
        return heif ? &kHeic : &kVideo;
    }
    if (start.size() > 1 && start[0] == '\x80' && start[1] >= 2 && start[1] <= 5) return &kPickle;
    return nullptr;
}

const FileType& text_type(std::string_view start) {
    if (start.starts_with("\xEF\xBB\xBF"sv)) start.remove_prefix(3);
    const auto control = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r' && byte != '\f';
    };
    if (start.find('\0') != start.npos || std::ranges::count_if(start, control) * 10 > std::ssize(start)) {
        return kUnknown;
    }
    start.remove_prefix(std::min(start.find_first_not_of(" \t\r\n"sv), start.size()));
    if (begins_with_word(start, "<!doctype html"sv) || begins_with_word(start, "<html"sv) ||
        begins_with_word(start, "<head"sv)) {
        return kHtml;
    }
    if (begins_with_word(start, "<?xml"sv)) return kXml;
    if (start.starts_with('{') || start.starts_with('[')) return kJson;
    return kText;
}

}  // namespace

const FileType& file_type(std::span<const std::byte> first_bytes) {
    const std::string_view all(reinterpret_cast<const char*>(first_bytes.data()), first_bytes.size());
    const auto start = all.substr(0, kTypeBytes);
    for (const auto& signature : kSignatures) {
        if (has(start, signature.offset, signature.bytes)) return signature.type;
    }
    if (const auto* type = composed_type(start)) return *type;
    return text_type(start);
}

const FileType& file_type(const std::filesystem::path& path) {
    const auto fail = [&](const std::string& problem) {
        throw DataError(path.string(), "", "cannot read the file: " + problem,
                        "check the path and its permissions");
    };
    const auto reason = [] { return std::generic_category().message(errno); };
    // Not blocking, so that a pipe without a writer is refused and not waited for.
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) fail(reason());
    std::array<std::byte, kTypeBytes> start;
    const auto count = ::pread(file, start.data(), start.size(), 0);
    const auto problem = count < 0 ? reason() : "";
    ::close(file);
    if (count < 0) fail(problem);
    return file_type(std::span(start).first(static_cast<std::size_t>(count)));
}

}  // namespace mollify
