#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/datasets/images/encoded_files.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/tests/support/files.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;

namespace {

std::string text_of(const std::vector<std::byte>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("a file is read whole into memory that is kept") {
    const test::TemporaryFolder folder;
    const std::string large(100'000, 'x');
    test::write_text(folder / "large", large);
    test::write_text(folder / "small", "abc");
    std::vector<std::byte> out;
    read_file(folder / "large", 100'000, out);
    CHECK(text_of(out) == large);
    const auto* memory = out.data();
    read_file(folder / "small", 100'000, out);
    CHECK(text_of(out) == "abc");
    CHECK(out.data() == memory);
}

TEST_CASE("a file that cannot be read is named, with the remedy") {
    const test::TemporaryFolder folder;
    std::vector<std::byte> out;
    test::write_text(folder / "empty", "");
    test::write_text(folder / "big", "12345");
    const auto message = [&](const std::string& name, std::uint64_t limit = 4) -> std::string {
        try {
            read_file(folder / name, limit, out);
        } catch (const DataError& error) {
            CHECK(error.path() == folder / name);
            return error.what();
        }
        return "";
    };
    CHECK(message("missing").find("No such file") != std::string::npos);
    CHECK(message("missing").find("restore it") != std::string::npos);
    CHECK(message("empty").find("the file is empty") != std::string::npos);
    CHECK(message("big").find("5 bytes, above the limit of 4") != std::string::npos);
    CHECK(message("big", 5).empty());
    std::filesystem::create_directory(folder / "folder");
    CHECK(message("folder").find("is not a file") != std::string::npos);
}

TEST_CASE("files become the encoded rows of a batch, by id") {
    const test::TemporaryFolder folder;
    test::write_text(folder / "a", "first");
    test::write_text(folder / "sub/b", "second");
    const EncodedFiles files(folder.path(), {"a", "sub/b"}, 100);
    Batch batch({.capacity = 3, .shape = {3, 8, 8}, .encoded = true});
    batch.admit(0, 0, std::vector<SampleId>{1, 0, 1});
    files.read(batch, serial_rows);
    CHECK(batch.content() == Content::encoded);
    CHECK(text_of(batch.encoded(0)) == "second");
    CHECK(text_of(batch.encoded(1)) == "first");
    CHECK(text_of(batch.encoded(2)) == "second");
}
