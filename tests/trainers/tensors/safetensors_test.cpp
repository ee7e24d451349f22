#include <fstream>
#include <string>

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/trainers/tensors/safetensors.hpp>

using namespace mollify;

namespace {

std::vector<NamedTensor> some_tensors() {
    return {{"bias", at::arange(3, at::kFloat)},
            {"step", at::scalar_tensor(7, at::kLong)},
            {"mask", at::tensor({1, 0, 1, 1, 0}, at::kByte)},
            {"weight", at::randn({4, 3}).t()},  // not contiguous
            {"empty", at::empty({0, 2})},
            {"wide", at::randn({2}, at::kDouble)}};
}

const at::Tensor& find(const TensorFile& file, const std::string& name) {
    for (const auto& named : file.tensors) {
        if (named.name == name) return named.tensor;
    }
    throw Error("no tensor " + name);
}

std::string read(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

/// A file with any header, whose checksum is right: "CHECKSUM" in the text stands for it.
void forge(const std::filesystem::path& path, std::string header, const std::string& numbers) {
    const std::string blank(16, '0');
    const auto place = header.find("CHECKSUM");
    header.replace(place, 8, blank);
    header.resize((header.size() + 7) / 8 * 8, ' ');
    Fingerprint fingerprint;
    fingerprint.add(numbers.data(), numbers.size());
    fingerprint.add(header.data(), header.size());
    header.replace(place, blank.size(), fingerprint.hex());
    std::string length;
    for (int i = 0; i < 8; ++i) length.push_back(static_cast<char>(header.size() >> 8 * i));
    write(path, length + header + numbers);
}

/// What reading says of a header that has the right checksum and these tensors.
std::string forged(const std::string& tensors, std::size_t bytes) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "a.safetensors";
    forge(path, R"({"__metadata__":{"checksum":"CHECKSUM"})" + tensors + "}", std::string(bytes, '\1'));
    auto message = test::message_of<std::exception>([&] { read_safetensors(path); });
    if (message == "(nothing thrown)") return message;
    CHECK(message.starts_with(path.string() + ": "));
    return message.substr(path.string().size() + 2);
}

std::string tensor(const std::string& name, const std::string& dtype, const std::string& shape,
                   const std::string& offsets) {
    return ",\"" + name + R"(":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" +
           offsets + "}";
}

}  // namespace

TEST_CASE("a forged header with the right checksum is refused by the rules of the format, with the path") {
    const auto x = tensor("x", "F32", "[2]", "[0,8]");
    CHECK(forged(x, 8) == "(nothing thrown)");
    const auto refused = [](const std::string& tensors, std::size_t bytes, const char* reason) {
        CAPTURE(tensors);
        CHECK_MESSAGE(forged(tensors, bytes).find(reason) != std::string::npos, forged(tensors, bytes));
    };
    SUBCASE("places") {
        refused(x + tensor("y", "F32", "[2]", "[0,8]"), 8, "overlaps");
        refused(x + tensor("y", "F32", "[1]", "[4,8]"), 8, "overlaps");
        refused(x + tensor("y", "F32", "[0]", "[4,4]"), 8, "overlaps");
        refused(x + tensor("y", "F32", "[1]", "[12,16]"), 16, "hole");
        refused(tensor("y", "F32", "[1]", "[4,8]"), 8, "hole");
        refused(x, 12, "take 8 bytes, and the file holds 12");
        refused(x, 4, "take 8 bytes, and the file holds 4");
        refused("", 4, "take 0 bytes");
        refused(tensor("b", "U8", "[1]", "[0,1]") + tensor("y", "F32", "[1]", "[1,5]"), 5, "no multiple");
        refused(tensor("x", "F32", "[2]", "[8,0]"), 8, "does not fit its shape");
        refused(tensor("x", "F32", "[3]", "[0,8]"), 8, "does not fit its shape");
        refused(tensor("x", "F32", "[2]", "[0,8,8]"), 8, "list of two");
        refused(tensor("x", "F32", "[2]", "[-8,0]"), 8, "no whole number");
        refused(tensor("x", "F32", "[2]", "[0,18446744073709551624]"), 8, "no whole number");
    }
    SUBCASE("shapes") {
        refused(tensor("x", "F32", "[-2]", "[0,8]"), 8, "no whole number");
        refused(tensor("x", "F32", "[-1,-2]", "[0,8]"), 8, "no whole number");
        refused(tensor("x", "F32", "[2.0]", "[0,8]"), 8, "no whole number");
        refused(tensor("x", "F32", "[4294967296,4294967296]", "[0,0]"), 0, "can be counted");
        refused(tensor("x", "F32", "[4611686018427387904,2]", "[0,0]"), 0, "can be counted");
        refused(tensor("x", "F32", "[0,4611686018427387904,4]", "[0,0]"), 0, "can be counted");
        refused(tensor("x", "F32", "[18446744073709551615]", "[0,0]"), 0, "can be counted");
        refused(tensor("x", "F32", "2", "[0,8]"), 8, "no list");
    }
    SUBCASE("dtypes") {
        for (const char* dtype : {"F16", "BF16", "I8", "U16", "I16", "U32", "U64", "F8_E4M3", "f32", ""})
            refused(tensor("x", dtype, "[0]", "[0,0]"), 0, "is not one that is read");
        refused(R"(,"x":{"dtype":7,"shape":[2],"data_offsets":[0,8]})", 8, "no text");
    }
    SUBCASE("what is said twice") {
        refused(x + x, 8, "says 'x' twice");
        refused(R"(,"x":{"dtype":"F32","dtype":"I64","shape":[1],"data_offsets":[0,8]})", 8,
                "says 'dtype' twice");
        refused(x + R"(,"__metadata__":{})", 8, "says '__metadata__' twice");
    }
    SUBCASE("structure") {
        refused(R"(,"x":{"dtype":"F32","shape":[2]})", 8, "not exactly");
        refused(R"(,"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1})", 8, "not exactly");
        refused(R"(,"x":[])", 8, "not exactly");
        refused(R"(,"x":)" + std::string(100'000, '[') + std::string(100'000, ']'), 8, "nested");
        refused(R"(,"x":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]})", 8, "nested");
        refused(R"(,"x")", 8, "parse error");
    }
}

TEST_CASE("metadata that are no texts, and headers that are no object, are refused with the path") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "a.safetensors";
    for (const char* header : {R"({"__metadata__":{"checksum":"CHECKSUM","iteration":12}})",
                               R"({"__metadata__":["checksum":"CHECKSUM"]})", R"(["checksum":"CHECKSUM"])",
                               R"([{"checksum":"CHECKSUM"}])", R"( {"__metadata__":{"checksum":"CHECKSUM"}})",
                               R"({"__metadata__":{"checksum":"CHECKSUM"}} {})",
                               R"({"__metadata__":[{"checksum":"CHECKSUM"}]})"}) {
        CAPTURE(header);
        forge(path, header, "");
        CHECK(test::message_of<DataError>([&] { read_safetensors(path); }).starts_with(path.string() + ": "));
    }
}

TEST_CASE("tensors and metadata come back from a file as they were") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "a.safetensors";
    const auto tensors = some_tensors();
    write_safetensors(path, tensors, {{"iteration", "12"}, {"text", "a \"quoted\" word, ünïcode"}});

    const auto file = read_safetensors(path);
    CHECK(file.metadata.at("iteration") == "12");
    CHECK(file.metadata.at("text") == "a \"quoted\" word, ünïcode");
    CHECK(file.tensors.size() == tensors.size());
    for (const auto& [name, tensor] : tensors) {
        CAPTURE(name);
        const bool same_type = find(file, name).scalar_type() == tensor.scalar_type();  // not printable
        CHECK(same_type);
        CHECK(at::equal(find(file, name), tensor));
    }
}

TEST_CASE("the layout is the published one: a length, a JSON header, and numbers in wide to narrow order") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "a.safetensors";
    write_safetensors(
        path,
        std::vector<NamedTensor>{{"b", at::tensor({1.5f, -2.0f})}, {"a", at::scalar_tensor(5, at::kLong)}},
        {});
    const auto bytes = read(path);
    // As the format's README says: u64 little-endian header length, header, then the byte buffer; the expected
    // buffer is that of Python's struct.pack('<qff', 5, 1.5, -2.0).
    const auto length = static_cast<std::size_t>(static_cast<unsigned char>(bytes[0])) |
                        static_cast<std::size_t>(static_cast<unsigned char>(bytes[1])) << 8;
    REQUIRE(bytes.size() == 8 + length + 16);
    CHECK((8 + length) % 8 == 0);
    CHECK(bytes.substr(8, length).find(R"("a":{"data_offsets":[0,8],"dtype":"I64","shape":[]})") !=
          std::string::npos);
    CHECK(bytes.substr(8, length).find(R"("b":{"data_offsets":[8,16],"dtype":"F32","shape":[2]})") !=
          std::string::npos);
    CHECK(bytes.substr(8 + length) == std::string("\x05\0\0\0\0\0\0\0\0\0\xc0\x3f\0\0\0\xc0", 16));
}

TEST_CASE("a file with any one byte changed, or cut anywhere, is refused") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "a.safetensors";
    write_safetensors(path, std::vector<NamedTensor>{{"x", at::tensor({1.5f, -2.0f})}}, {{"k", "v"}});
    const auto whole = read(path);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        CAPTURE(i);
        auto changed = whole;
        changed[i] = static_cast<char>(changed[i] ^ 0x04);
        write(path, changed);
        CHECK_THROWS_AS(read_safetensors(path), DataError);
        write(path, whole.substr(0, i));
        CHECK_THROWS_AS(read_safetensors(path), DataError);
    }
    write(path, whole);
    CHECK_NOTHROW(read_safetensors(path));
}

TEST_CASE("what cannot be saved leaves no file behind") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "a.safetensors";
    CHECK_THROWS_WITH_AS(
        write_safetensors(path, std::vector<NamedTensor>{{"h", at::zeros({2}, at::kHalf)}}, {}),
        doctest::Contains("'h' has dtype Half"), Error);
    CHECK_THROWS_WITH_AS(
        write_safetensors(path, std::vector<NamedTensor>{{"x", at::zeros({1})}, {"x", at::zeros({1})}}, {}),
        doctest::Contains("two tensors are named 'x'"), Error);
    CHECK(std::filesystem::is_empty(folder.path()));
}
