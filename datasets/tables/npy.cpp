#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

#include <mollify/datasets/storage/atomic_file.hpp>
#include <mollify/datasets/storage/file_type.hpp>
#include <mollify/datasets/storage/mapped_file.hpp>
#include <mollify/datasets/tables/columns.hpp>
#include <mollify/datasets/tables/npy.hpp>
#include <mollify/stages/error.hpp>

// The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
namespace mollify {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are stored as they are in memory");

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr const char* kSaveAgain = "save it again with numpy.save";
constexpr const char* kUnstructured =
    "save its numbers as one array: numpy.lib.recfunctions.structured_to_unstructured(array)";

/// The type of an array's elements, or of one field of them.
struct Descriptor {
    std::string name;  ///< of the field; empty for a plain array, and for the gaps of an aligned record
    std::string type;  ///< such as "<f8"
};

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
                descriptors();
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
        if (types.empty() || !has_shape_) fail("the header lacks the type or the shape");
    }

    std::vector<Descriptor> types;  ///< one, or one for each field
    bool structured = false;
    bool fortran_order = false;
    std::vector<std::size_t> shape;

  private:
    [[noreturn]] void fail(const std::string& problem, const std::string& remedy = kSaveAgain) const {
        throw DataError(source_, "header", problem, remedy);
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
            fail("a quoted word is missing");
        }
        const auto end = rest_.find(rest_[0], 1);
        if (end == std::string_view::npos) fail("a quote is not closed");
        const auto word = rest_.substr(1, end - 1);
        rest_.remove_prefix(end + 1);
        return word;
    }
    /// 'type', or [('name', 'type'), …].
    void descriptors() {
        types.clear();
        structured = accept('[');
        if (!structured) {
            types.push_back({"", std::string(quoted())});
            return;
        }
        while (!accept(']')) {
            expect('(');
            if (next_is('(')) fail("has fields with titles", kUnstructured);
            Descriptor field{std::string(quoted()), ""};
            expect(',');
            if (next_is('[')) fail("field '" + field.name + "' holds fields of its own", kUnstructured);
            field.type = quoted();
            if (accept(',')) fail("field '" + field.name + "' holds an array", kUnstructured);
            expect(')');
            types.push_back(std::move(field));
            if (!accept(',')) {
                expect(']');
                break;
            }
        }
        if (types.empty()) fail("has no fields");
    }
    bool next_is(char letter) {
        skip_blanks();
        return rest_.starts_with(letter);
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

/// Of 10 bits after the point, 5 of the exponent and one sign: IEEE 754 binary16.
double half(std::uint16_t bits) {
    const int exponent = bits >> 10 & 0x1F;
    const double fraction = bits & 0x3FF;
    double value = 0;
    if (exponent == 0x1F) {
        value = fraction == 0 ? std::numeric_limits<double>::infinity()
                              : std::numeric_limits<double>::quiet_NaN();
    } else if (exponent == 0) {
        value = std::ldexp(fraction, -24);
    } else {
        value = std::ldexp(fraction + 0x400, exponent - 25);
    }
    return bits & 0x8000 ? -value : value;
}

/// Whole numbers up to 2^53 are exact in float64; of the larger ones, those that come back unchanged.
template <class T>
bool exact(T value, double number) {
    if constexpr (std::is_integral_v<T> && sizeof(T) == 8) {
        const bool in_range = std::is_signed_v<T> ? -0x1p63 <= number && number < 0x1p63 : number < 0x1p64;
        return in_range && static_cast<T>(number) == value;
    }
    return true;
}

struct Half {
    std::uint16_t bits;
    explicit operator double() const { return half(bits); }
};
struct Boolean {
    std::uint8_t byte;
    explicit operator double() const { return byte != 0; }
};

/// \returns whether float64 holds the element
template <class T, bool swapped = false>
bool load(const std::byte* at, double& number) {
    std::byte bytes[sizeof(T)];
    if constexpr (swapped) {
        std::reverse_copy(at, at + sizeof(T), bytes);
    } else {
        std::copy_n(at, sizeof(T), bytes);
    }
    T value;
    std::memcpy(&value, bytes, sizeof(T));
    number = static_cast<double>(value);
    return exact(value, number);
}

struct ElementType {
    std::string_view name;
    std::size_t size;
    bool (*load)(const std::byte*, double&);
};

constexpr ElementType kTypes[] = {
    {"<f8", 8, load<double>},
    {">f8", 8, load<double, true>},
    {"<f4", 4, load<float>},
    {">f4", 4, load<float, true>},
    {"<f2", 2, load<Half>},
    {">f2", 2, load<Half, true>},
    {"|b1", 1, load<Boolean>},
    {"|i1", 1, load<std::int8_t>},
    {"|u1", 1, load<std::uint8_t>},
    {"<i2", 2, load<std::int16_t>},
    {">i2", 2, load<std::int16_t, true>},
    {"<u2", 2, load<std::uint16_t>},
    {">u2", 2, load<std::uint16_t, true>},
    {"<i4", 4, load<std::int32_t>},
    {">i4", 4, load<std::int32_t, true>},
    {"<u4", 4, load<std::uint32_t>},
    {">u4", 4, load<std::uint32_t, true>},
    {"<i8", 8, load<std::int64_t>},
    {">i8", 8, load<std::int64_t, true>},
    {"<u8", 8, load<std::uint64_t>},
    {">u8", 8, load<std::uint64_t, true>},
};

/// Where the numbers stand in a record, and how they are read.
struct Record {
    struct Field {
        std::size_t offset;
        bool (*load)(const std::byte*, double&);
    };
    std::vector<Field> fields;
    std::size_t size = 0;
};

[[noreturn]] void refuse_types(const HeaderParser& header, const std::vector<std::string>& refused,
                               const std::string& source) {
    std::string list;
    for (const auto& each : refused) list += (list.empty() ? "" : ", ") + each;
    if (header.structured) {
        throw DataError(source, "header", "fields that are no numbers: " + list,
                        "save the others as one array: "
                        "numpy.lib.recfunctions.structured_to_unstructured(array[[NAMES]])");
    }
    throw DataError(source, "header", "elements of type " + list + " are not supported",
                    "save numbers: array.astype('<f8')");
}

Record record_of(const HeaderParser& header, const std::string& source) {
    constexpr std::size_t kLargest = std::size_t{1} << 32;  // far from an overflow of the sum
    Record record;
    std::vector<std::string> refused;
    for (const auto& [name, text] : header.types) {
        if (const auto* type = std::ranges::find(kTypes, text, &ElementType::name);
            type != std::end(kTypes)) {
            record.fields.push_back({record.size, type->load});
            record.size += type->size;
            continue;
        }
        std::size_t gap = 0;  // of an aligned record: ('', '|V4')
        const bool is_gap =
            name.empty() && text.starts_with("|V") &&
            std::from_chars(text.data() + 2, text.data() + text.size(), gap).ec == std::errc();
        if (!is_gap || gap > kLargest)
            refused.push_back((name.empty() ? "" : name + " of type ") + "'" + text + "'");
        record.size += std::min(gap, kLargest);
    }
    if (!refused.empty() || record.fields.empty()) refuse_types(header, refused, source);
    return record;
}

/// The place in the file of each element in C order.
class Places {
  public:
    Places(std::span<const std::size_t> shape, bool fortran_order) : shape_(shape), index_(shape.size(), 0) {
        strides_.resize(shape.size());
        std::size_t stride = 1;
        for (std::size_t i = 0; i < shape.size(); ++i) {
            const std::size_t axis = fortran_order ? i : shape.size() - 1 - i;
            strides_[axis] = stride;
            stride *= shape[axis];
        }
    }
    std::size_t place() const { return place_; }
    void advance() {
        for (std::size_t axis = shape_.size(); axis-- > 0;) {
            place_ += strides_[axis];
            if (++index_[axis] < shape_[axis]) return;
            place_ -= strides_[axis] * shape_[axis];
            index_[axis] = 0;
        }
    }

  private:
    std::span<const std::size_t> shape_;
    std::vector<std::size_t> index_;
    std::vector<std::size_t> strides_;
    std::size_t place_ = 0;
};

std::vector<double> numbers(std::span<const std::byte> data, const Record& record, std::size_t count,
                            Places places, const std::string& source) {
    std::vector<double> values(count * record.fields.size());
    double* value = values.data();
    for (std::size_t i = 0; i < count; ++i, places.advance()) {
        const std::byte* const start = data.data() + places.place() * record.size;
        for (const auto& field : record.fields) {
            if (field.load(start + field.offset, *value++)) continue;
            throw DataError(source, "element " + std::to_string(i),
                            "float64 cannot hold the whole number exactly",
                            "use numbers up to 2^53, or save floats");
        }
    }
    return values;
}

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
    if (!text.starts_with(kMagic)) {
        throw DataError(source, "byte 0", std::string("is not a .npy file but ") + file_type(file).name,
                        file_type(file).remedy);
    }
    if (text.size() < 10) throw DataError(source, "", "the header is cut short", "copy the file again");
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
    const Record record = record_of(header, source);
    const std::size_t count = element_count(header.shape, source);
    const auto data = file.subspan(start + length);
    if (count != data.size() / record.size || data.size() % record.size != 0) {
        throw DataError(source, "byte " + std::to_string(file.size()),
                        "holds " + std::to_string(data.size()) + " bytes of data where the shape " +
                            to_string(header.shape) + " needs " + std::to_string(record.size) +
                            " for each of " + std::to_string(count) + " elements",
                        "copy the file again, or save it again");
    }
    const Places places(header.shape, header.fortran_order);
    NpyArray array{header.shape, numbers(data, record, count, places, source), {}};
    if (header.structured) {
        array.shape.push_back(record.fields.size());
        for (const auto& field : header.types) {
            if (!field.name.empty()) array.fields.push_back(field.name);
        }
    }
    return array;
}

NpyArray read_npy(const std::filesystem::path& path) {
    const MappedFile file(path);
    return parse_npy(file.bytes(), file.path());
}

Table read_npy_table(const std::filesystem::path& path, const std::string& columns) {
    auto array = read_npy(path);
    const std::string source = path.string();
    if (array.shape.size() != 2 || array.values.empty()) {
        throw DataError(source, "header", "the shape " + to_string(array.shape) + " is not that of a table",
                        "save an array of N rows and D columns");
    }
    Table table{source, std::move(array.fields), array.shape[1], std::move(array.values)};
    if (!columns.empty()) table = select_columns(table, chosen_columns(columns, table));
    require_finite(table);
    return table;
}

void write_npy(const std::filesystem::path& path, std::span<const std::size_t> shape,
               std::span<const float> values) {
    write(path, "<f4", shape, std::as_bytes(values));
}
void write_npy(const std::filesystem::path& path, std::span<const std::size_t> shape,
               std::span<const std::uint8_t> values) {
    write(path, "|u1", shape, std::as_bytes(values));
}

}  // namespace mollify
