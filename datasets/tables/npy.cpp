#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <string_view>
#include <type_traits>

#include <mollify/datasets/storage/atomic_file.hpp>
#include <mollify/datasets/storage/mapped_file.hpp>
#include <mollify/datasets/tables/npy.hpp>
#include <mollify/stages/error.hpp>

// The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
namespace mollify {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are stored as they are in memory");

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr const char* kSaveAgain = "save it again with numpy.save";

/// The dictionary in the header, read as far as the format allows: three keys, in any order.
class HeaderParser {
  public:
    HeaderParser(std::string_view text, const std::string& source) : rest_(text), source_(source) {}

    void parse() {
        expect('{');
        while (!accept('}')) {
            const auto key = quoted();
            expect(':');
            if (key == "descr") {
                type = quoted();
            } else if (key == "fortran_order") {
                fortran_order = boolean();
            } else if (key == "shape") {
                tuple();
            } else {
                fail("unknown key in the header");
            }
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        if (type.empty() || !has_shape_) fail("the header lacks the type or the shape");
    }

    std::string_view type;
    bool fortran_order = false;
    std::vector<std::size_t> shape;

  private:
    [[noreturn]] void fail(const std::string& problem) const {
        throw DataError(source_, "header", problem, kSaveAgain);
    }
    void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n"), rest_.size())); }
    bool accept(char letter) {
        skip_blanks();
        if (!rest_.starts_with(letter)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(char letter) {
        if (!accept(letter)) fail(std::string("'") + letter + "' is missing");
    }
    std::string_view quoted() {
        skip_blanks();
        if (rest_.empty() || (rest_[0] != '\'' && rest_[0] != '"')) {
            fail("a quoted word is missing (arrays of records are not supported)");
        }
        const auto end = rest_.find(rest_[0], 1);
        if (end == std::string_view::npos) fail("a quote is not closed");
        const auto word = rest_.substr(1, end - 1);
        rest_.remove_prefix(end + 1);
        return word;
    }
    bool boolean() {
        skip_blanks();
        for (const std::string_view word : {"False", "True"}) {
            if (!rest_.starts_with(word)) continue;
            rest_.remove_prefix(word.size());
            return word == "True";
        }
        fail("fortran_order is neither True nor False");
    }
    void tuple() {
        expect('(');
        shape.clear();
        has_shape_ = true;
        while (!accept(')')) {
            skip_blanks();
            std::size_t extent = 0;
            const auto [end, code] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), extent);
            if (code != std::errc()) fail("the shape is not a tuple of whole numbers");
            rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
            shape.push_back(extent);
            if (!accept(',')) {
                expect(')');
                break;
            }
        }
    }

    std::string_view rest_;
    const std::string& source_;
    bool has_shape_ = false;
};

std::string to_string(std::span<const std::size_t> shape) {
    std::string text = "(";
    for (const auto extent : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
    return text + ")";
}

/// Elements of `shape`, or an error where they cannot fit into memory.
std::size_t element_count(std::span<const std::size_t> shape, const std::string& source) {
    std::size_t count = 1;
    for (const auto extent : shape) {
        if (__builtin_mul_overflow(count, extent, &count)) {
            throw DataError(source, "header", "the shape " + to_string(shape) + " is too large", kSaveAgain);
        }
    }
    return count;
}

template <class T>
void convert(std::span<const std::byte> data, const std::string& source, std::vector<double>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        T value;
        std::memcpy(&value, data.data() + i * sizeof(T), sizeof(T));
        if constexpr (std::is_integral_v<T> && sizeof(T) == 8) {
            // Whole numbers up to 2^53 are exact in float64; of the larger ones, those that come back
            // unchanged.
            const auto number = static_cast<double>(value);
            const bool in_range =
                std::is_signed_v<T> ? -0x1p63 <= number && number < 0x1p63 : number < 0x1p64;
            if (!in_range || static_cast<T>(number) != value) {
                throw DataError(source, "element " + std::to_string(i),
                                "float64 cannot hold the whole number exactly",
                                "use numbers up to 2^53, or save floats");
            }
        }
        values[i] = static_cast<double>(value);
    }
}

struct ElementType {
    std::string_view name;
    std::size_t size;
    void (*convert)(std::span<const std::byte>, const std::string&, std::vector<double>&);
};

constexpr ElementType kTypes[] = {
    {"<f8", 8, convert<double>},       {"<f4", 4, convert<float>},
    {"|i1", 1, convert<std::int8_t>},  {"|u1", 1, convert<std::uint8_t>},
    {"<i2", 2, convert<std::int16_t>}, {"<u2", 2, convert<std::uint16_t>},
    {"<i4", 4, convert<std::int32_t>}, {"<u4", 4, convert<std::uint32_t>},
    {"<i8", 8, convert<std::int64_t>}, {"<u8", 8, convert<std::uint64_t>},
};

void write(const std::filesystem::path& path, std::string_view type, std::span<const std::size_t> shape,
           std::span<const std::byte> data) {
    std::string tuple;
    for (const auto extent : shape) tuple += (tuple.empty() ? "" : ", ") + std::to_string(extent);
    if (shape.size() == 1) tuple += ",";
    std::string header =
        "{'descr': '" + std::string(type) + "', 'fortran_order': False, 'shape': (" + tuple + "), }";
    constexpr std::size_t kFixed = 10;  // magic, version, header length
    header.append((64 - (kFixed + header.size() + 1) % 64) % 64, ' ');
    header += '\n';
    std::string start(kMagic);
    start += {'\x01', '\x00', static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
    start += header;
    AtomicFile file(path);
    file.write(std::as_bytes(std::span(start)));
    file.write(data);
    file.commit();
}

}  // namespace

NpyArray parse_npy(std::span<const std::byte> file, const std::string& source) {
    const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
    if (text.size() < 10 || !text.starts_with(kMagic)) {
        throw DataError(source, "byte 0", "is not a .npy file", kSaveAgain);
    }
    const int version = std::to_integer<int>(file[6]);
    if (version < 1 || version > 3) {
        throw DataError(source, "byte 6", "has version " + std::to_string(version) + ", known are 1 to 3",
                        kSaveAgain);
    }
    const std::size_t start = version == 1 ? 10 : 12;
    std::size_t length = 0;
    std::memcpy(&length, file.data() + 8, version == 1 ? 2 : std::min<std::size_t>(4, file.size() - 8));
    if (start > file.size() || length > file.size() - start) {
        throw DataError(source, "byte " + std::to_string(file.size()), "the header is cut short",
                        "copy the file again");
    }
    HeaderParser header(text.substr(start, length), source);
    header.parse();
    const ElementType* type = nullptr;
    for (const auto& known : kTypes) {
        if (known.name == header.type) type = &known;
    }
    if (!type) {
        throw DataError(source, "header",
                        "elements of type '" + std::string(header.type) + "' are not supported",
                        "save little-endian float64, float32 or integers: array.astype('<f8')");
    }
    if (header.fortran_order && header.shape.size() > 1) {
        throw DataError(source, "header", "the array is in Fortran order",
                        "save numpy.ascontiguousarray(array)");
    }
    const std::size_t count = element_count(header.shape, source);
    const auto data = file.subspan(start + length);
    if (count != data.size() / type->size || data.size() % type->size != 0) {
        throw DataError(source, "byte " + std::to_string(file.size()),
                        "holds " + std::to_string(data.size()) + " bytes of data where the shape " +
                            to_string(header.shape) + " of '" + std::string(header.type) + "' needs " +
                            std::to_string(type->size) + " for each of " + std::to_string(count) +
                            " elements",
                        "copy the file again, or save it again");
    }
    NpyArray array{header.shape, std::vector<double>(count)};
    type->convert(data, source, array.values);
    return array;
}

NpyArray read_npy(const std::filesystem::path& path) {
    const MappedFile file(path);
    return parse_npy(file.bytes(), file.path());
}

Table read_npy_table(const std::filesystem::path& path) {
    auto array = read_npy(path);
    if (array.shape.size() != 2 || array.values.empty()) {
        throw DataError(path.string(), "header",
                        "the shape " + to_string(array.shape) + " is not that of a table",
                        "save an array of N rows and D columns");
    }
    const std::size_t columns = array.shape[1];
    for (std::size_t i = 0; i < array.values.size(); ++i) {
        if (!std::isfinite(array.values[i])) {
            throw DataError(
                path.string(),
                "row " + std::to_string(i / columns + 1) + ", column " + std::to_string(i % columns + 1),
                "the value is not finite", "replace missing values, or remove the row");
        }
    }
    return {path.string(), {}, columns, std::move(array.values)};
}

void write_npy(const std::filesystem::path& path, std::span<const std::size_t> shape,
               std::span<const double> values) {
    write(path, "<f8", shape, std::as_bytes(values));
}
void write_npy(const std::filesystem::path& path, std::span<const std::size_t> shape,
               std::span<const float> values) {
    write(path, "<f4", shape, std::as_bytes(values));
}
void write_npy(const std::filesystem::path& path, std::span<const std::size_t> shape,
               std::span<const std::int32_t> values) {
    write(path, "<i4", shape, std::as_bytes(values));
}
void write_npy(const std::filesystem::path& path, std::span<const std::size_t> shape,
               std::span<const std::uint8_t> values) {
    write(path, "|u1", shape, std::as_bytes(values));
}

}  // namespace mollify
