#include <cctype>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/datasets/images/image_folder.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/tests/support/files.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;

namespace {

std::vector<std::string> origins(const ImageFolder& images) {
    std::vector<std::string> out;
    for (SampleId id = 0; id < images.size(); ++id) {
        out.push_back(std::filesystem::path(images.origin(id)).filename().string());
    }
    return out;
}

}  // namespace

TEST_CASE("a flat folder is its images in the byte-wise order of their names, without labels") {
    const test::TemporaryFolder folder;
    for (const char* name :
         {"b.png", "a10.JPG", "a9.jpeg", "B.JpEg", "notes.txt", ".hidden.jpg", "jpg", "x.jpg.bak"}) {
        test::write_text(folder / name, name);
    }
    const ImageFolder images(folder.path());
    CHECK(origins(images) == std::vector<std::string>{"B.JpEg", "a10.JPG", "a9.jpeg", "b.png"});
    CHECK(images.classes().empty());
    CHECK(images.label(2) == kNoLabel);
    CHECK(images.format().content == Content::encoded);
}

TEST_CASE("a folder of folders is one class each, in the byte-wise order of their names") {
    const test::TemporaryFolder folder;
    for (const char* name :
         {"dog/2.jpg", "dog/1.jpg", "cat/9.png", "Zebra/z.jpeg", "Zebra/readme", ".cache/x.jpg"}) {
        test::write_text(folder / name, name);
    }
    test::write_text(folder / "LICENSE", "text");
    const ImageFolder images(folder.path());
    CHECK(images.classes() == std::vector<std::string>{"Zebra", "cat", "dog"});
    CHECK(origins(images) == std::vector<std::string>{"z.jpeg", "9.png", "1.jpg", "2.jpg"});

    Batch batch({.capacity = 4, .shape = {3, 8, 8}, .encoded = true});
    batch.admit(0, 0, std::vector<SampleId>{3, 0, 1, 2});
    images.read(batch);
    CHECK(batch.content() == Content::encoded);
    CHECK(std::vector<Label>(batch.labels().begin(), batch.labels().end()) == std::vector<Label>{2, 0, 1, 2});
    CHECK(static_cast<char>(batch.encoded(0)[4]) == '2');

    batch.admit(0, 0, std::vector<SampleId>{4});
    CHECK_THROWS_WITH_AS(images.read(batch), doctest::Contains("only 4 samples"), DataError);
    Batch without_room({.capacity = 1, .shape = {3, 8, 8}});
    without_room.admit(0, 0, std::vector<SampleId>{0});
    CHECK_THROWS_AS(images.read(without_room), ConfigError);
}

TEST_CASE("folders that hold no data set are refused with the place and the remedy") {
    const test::TemporaryFolder folder;
    CHECK_THROWS_WITH_AS(ImageFolder(folder / "missing"), doctest::Contains("cannot be listed"), DataError);
    CHECK_THROWS_WITH_AS(ImageFolder{folder.path()}, doctest::Contains("no images"), DataError);
    std::filesystem::create_directory(folder / "empty class");
    CHECK_THROWS_WITH_AS(ImageFolder{folder.path()}, doctest::Contains("a class without images"), DataError);
    test::write_text(folder / "a/deep/1.jpg", "x");
    CHECK_THROWS_WITH_AS(ImageFolder{folder.path()}, doctest::Contains("a/deep: a folder inside a class"),
                         DataError);
    test::write_text(folder / "top.jpg", "x");
    CHECK_THROWS_WITH_AS(ImageFolder{folder.path()}, doctest::Contains("images (top.jpg) beside folders (a)"),
                         DataError);
    CHECK_THROWS_AS(ImageFolder(folder / "top.jpg"), DataError);
}

TEST_CASE("an image that vanishes, or is empty, is named when it is read") {
    const test::TemporaryFolder folder;
    test::write_text(folder / "1.jpg", "x");
    test::write_text(folder / "2.jpg", "");
    const ImageFolder images(folder.path());
    std::filesystem::remove(folder / "1.jpg");
    Batch batch({.capacity = 1, .shape = {3, 8, 8}, .encoded = true});
    batch.admit(0, 0, std::vector<SampleId>{0});
    CHECK_THROWS_WITH_AS(images.read(batch), doctest::Contains("1.jpg: cannot be opened"), DataError);
    batch.admit(0, 0, std::vector<SampleId>{1});
    CHECK_THROWS_WITH_AS(images.read(batch), doctest::Contains("2.jpg: the file is empty"), DataError);
}

TEST_CASE("the fingerprint tells names, sizes and classes apart, but not where the folder is") {
    const auto fingerprint = [](const std::vector<std::pair<std::string, std::string>>& files) {
        const test::TemporaryFolder folder;
        for (const auto& [name, content] : files) test::write_text(folder / name, content);
        return ImageFolder(folder.path()).fingerprint();
    };
    std::set<std::string> different{
        fingerprint({{"1.jpg", "x"}, {"2.jpg", "y"}}),     fingerprint({{"1.jpg", "x"}, {"2.jpg", "yy"}}),
        fingerprint({{"1.jpg", "x"}, {"3.jpg", "y"}}),     fingerprint({{"1.jpg", "x"}}),
        fingerprint({{"a/1.jpg", "x"}, {"a/2.jpg", "y"}}), fingerprint({{"a/1.jpg", "x"}, {"b/2.jpg", "y"}})};
    CHECK(different.size() == 6);
    CHECK(fingerprint({{"2.jpg", "y"}, {"1.jpg", "x"}}) == fingerprint({{"1.jpg", "x"}, {"2.jpg", "y"}}));
}
