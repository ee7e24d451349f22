#include <cctype>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/datasets/images/image_folder.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/tests/support/errors.hpp>
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
    CHECK(images.class_names().empty());
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
    CHECK(images.class_names() == std::vector<std::string>{"Zebra", "cat", "dog"});
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
    test::write_text(folder / "empty class/1.webp", "x");
    CHECK_THROWS_WITH_AS(ImageFolder{folder.path()},
                         doctest::Contains("a class without images; passed over 1 (.webp 1)"), DataError);
    std::filesystem::create_directory(folder / "a");
    test::write_text(folder / "top.jpg", "x");
    CHECK_THROWS_WITH_AS(ImageFolder{folder.path()}, doctest::Contains("images (top.jpg) beside folders (a)"),
                         DataError);
    CHECK_THROWS_AS(ImageFolder(folder / "top.jpg"), DataError);
}

TEST_CASE("endings are read in any case, and what is passed over is said by ending, in one line") {
    const test::TemporaryFolder folder;
    const std::vector<std::string> read{"00.JPG", "01.JPEG", "02.Jpg", "03.PNG",
                                        "04.jpe", "05.jfif", "06.JFIF"};
    for (const auto& name : read) test::write_text(folder / name, name);
    for (const char* name :
         {"07.jpg_large", "08.bmp", "09.webp", "10.tif", "11.gif", "12.ppm", "13.PPM", "README"})
        test::write_text(folder / name, name);
    const ImageFolder images(folder.path());
    CHECK(origins(images) == read);
    CHECK(images.remarks() ==
          std::vector<std::string>{
              folder.path().string() +
              ": read 7 (.jfif 2, .jpe 1, .jpeg 1, .jpg 2, .png 1); passed over 8 (.bmp 1, "
              ".gif 1, .jpg_large 1, .ppm 2, .tif 1, .webp 1, without ending 1)"});
    const test::TemporaryFolder clean;
    test::write_text(clean / "1.jpg", "x");
    CHECK(ImageFolder(clean.path()).remarks().empty());
}

TEST_CASE("what macOS leaves in archives is passed over") {
    const test::TemporaryFolder folder;
    for (const char* name : {"000.jpg", "001.jpg", "._000.jpg", ".DS_Store", "__MACOSX/._000.jpg"})
        test::write_text(folder / name, name);
    const ImageFolder images(folder.path());
    CHECK(origins(images) == std::vector<std::string>{"000.jpg", "001.jpg"});
    CHECK(images.class_names().empty());
    REQUIRE(images.remarks().size() == 1);
    CHECK(images.remarks()[0].ends_with("passed over 3 (__MACOSX 1, hidden 2)"));
}

TEST_CASE("folders inside a class belong to it, in the order of torchvision") {
    const test::TemporaryFolder folder;
    for (const char* name :
         {"n01/images/n01_1.JPEG", "n01/images/n01_0.JPEG", "n01/n01_boxes.txt", "n01/z.jpg",
          "n01/images-2/a.jpg", "n01/images/deeper/b.png", "n02/images/n02_0.JPEG"}) {
        test::write_text(folder / name, name);
    }
    const ImageFolder images(folder.path());
    CHECK(images.class_names() == std::vector<std::string>{"n01", "n02"});
    CHECK(origins(images) ==
          std::vector<std::string>{"z.jpg", "n01_0.JPEG", "n01_1.JPEG", "a.jpg", "b.png", "n02_0.JPEG"});
    CHECK(images.label(4) == 0);
    CHECK(images.label(5) == 1);
    CHECK(images.remarks().size() == 1);
    std::filesystem::create_directory_symlink(folder / "n01", folder / "n01/images/back");
    CHECK_THROWS_WITH_AS(ImageFolder{folder.path()}, doctest::Contains("the link that leads back"),
                         DataError);
}

TEST_CASE("links to what is not there are refused and counted, files and whole classes alike") {
    const test::TemporaryFolder folder;
    test::write_text(folder / "kept/1.jpg", "x");
    std::filesystem::create_symlink("1.jpg", folder / "kept/2.jpg");
    CHECK(ImageFolder(folder.path()).size() == 2);
    std::filesystem::create_symlink("../.git/annex/objects/3.jpg", folder / "kept/3.jpg");
    CHECK(test::message_of([&] { ImageFolder{folder.path()}; }) ==
          (folder / "kept/3.jpg").string() +
              ": is a link to ../.git/annex/objects/3.jpg, which is not there (fetch the files (git annex "
              "get, dvc "
              "pull), or remove the links)");
    std::filesystem::create_symlink("nowhere", folder / "kept/4.jpg");
    CHECK_THROWS_WITH_AS(ImageFolder{folder.path()},
                         doctest::Contains("(as are 1 other links of the folder)"), DataError);
    std::filesystem::remove_all(folder / "kept");
    test::write_text(folder / "kept/1.jpg", "x");
    std::filesystem::create_directory_symlink("gone", folder / "lost class");
    CHECK_THROWS_WITH_AS(ImageFolder{folder.path()}, doctest::Contains("lost class: is a link to gone"),
                         DataError);
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
