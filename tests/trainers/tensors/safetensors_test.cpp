#include <fstream>
#include <string>

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <mollify/stages/error.hpp>
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

}  // namespace

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
