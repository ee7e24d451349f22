#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/datasets/images/celeba.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/tests/support/files.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;

namespace {

/// Six images, two of each split, in the distributed layout.
class SmallCelebA {
  public:
    explicit SmallCelebA(bool comma_separated = false, const std::string& images = "img_align_celeba") {
        for (int i = 1; i <= 6; ++i) {
            const std::string file = "00000" + std::to_string(i) + ".jpg";
            test::write_text(folder_ / (images + '/' + file), "image " + std::to_string(i));
            const std::string part = std::to_string(i % 3), bald = i % 2 ? "1" : "-1",
                              bangs = i > 4 ? "1" : "-1";
            partition_ += file + (comma_separated ? "," + part : " " + part) + "\n";
            // The attribute list in another order than the partition list.
            attributes_ = file + (comma_separated ? "," + bald + "," + bangs : "  " + bald + " " + bangs) +
                          "\n" + attributes_;
        }
        const std::string extension = comma_separated ? ".csv" : ".txt";
        partition_ = (comma_separated ? "image_id,partition\n" : "") + partition_;
        attributes_ = (comma_separated ? "image_id,Bald,Bangs\n" : "6\nBald Bangs\n") + attributes_;
        test::write_text(folder_ / ("list_eval_partition" + extension), partition_);
        test::write_text(folder_ / ("list_attr_celeba" + extension), attributes_);
    }

    const test::TemporaryFolder& folder() const { return folder_; }
    CelebA open(std::optional<Split> split, const std::string& attribute = "") const {
        return CelebA({.folder = folder_.path(), .split = split, .attribute = attribute});
    }

  private:
    test::TemporaryFolder folder_;
    std::string partition_;
    std::string attributes_;
};

std::vector<std::string> files(const CelebA& set) {
    std::vector<std::string> out;
    for (SampleId id = 0; id < set.size(); ++id)
        out.push_back(std::filesystem::path(set.origin(id)).filename().string());
    return out;
}

}  // namespace

TEST_CASE("CelebA's splits are those of its list, in the list's order, as text and as CSV") {
    for (const bool comma_separated : {false, true}) {
        const SmallCelebA celeba(comma_separated);
        CHECK(files(celeba.open(Split::train)) == std::vector<std::string>{"000003.jpg", "000006.jpg"});
        CHECK(files(celeba.open(Split::validation)) == std::vector<std::string>{"000001.jpg", "000004.jpg"});
        CHECK(files(celeba.open(Split::test)) == std::vector<std::string>{"000002.jpg", "000005.jpg"});
        CHECK(celeba.open(std::nullopt).size() == 6);
        CHECK(celeba.open(Split::validation).name() == "celeba/validation");
    }
}

TEST_CASE("CelebA's images arrive encoded, with the chosen attribute as label") {
    const SmallCelebA celeba;
    const CelebA set = celeba.open(std::nullopt, "Bangs");
    Batch batch({.capacity = 3, .shape = {3, 8, 8}, .encoded = true});
    batch.admit(0, 0, std::vector<SampleId>{4, 0, 5});
    set.read(batch);
    CHECK(batch.content() == Content::encoded);
    CHECK(static_cast<char>(batch.encoded(0).back()) == '5');
    CHECK(static_cast<char>(batch.encoded(1).back()) == '1');
    CHECK(std::vector<Label>(batch.labels().begin(), batch.labels().end()) == std::vector<Label>{1, 0, 1});
    CHECK(set.attribute_names() == std::vector<std::string>{"Bald", "Bangs"});
    CHECK(set.attributes(0) == 0b01);
    CHECK(set.attributes(4) == 0b11);

    batch.admit(0, 0, std::vector<SampleId>{4});
    celeba.open(std::nullopt).read(batch);
    CHECK(batch.labels()[0] == kNoLabel);
}

TEST_CASE("CelebA is found in the folders of the official download and of Kaggle's") {
    for (const char* images : {"Img/img_align_celeba", "img_align_celeba/img_align_celeba"}) {
        const SmallCelebA celeba(false, images);
        for (const auto& [name, folder] :
             {std::pair{"list_eval_partition.txt", "Eval/"}, {"list_attr_celeba.txt", "Anno/"}}) {
            std::filesystem::rename(celeba.folder() / name, celeba.folder() / (folder + std::string(name)));
        }
        CHECK(celeba.open(std::nullopt, "Bald").size() == 6);
    }
}

TEST_CASE("CelebA is found one folder below the one that is named, as torchvision keeps it") {
    for (const char* below : {"celeba/", "CelebA/"}) {
        const SmallCelebA celeba(false, std::string(below) + "img_align_celeba");
        for (const char* name : {"list_eval_partition.txt", "list_attr_celeba.txt"})
            std::filesystem::rename(celeba.folder() / name, celeba.folder() / (below + std::string(name)));
        CHECK(celeba.open(std::nullopt, "Bald").size() == 6);
        CHECK(find_celeba(celeba.folder().path()) + '/' == celeba.folder().path().string() + '/' + below);
    }
    const test::TemporaryFolder empty;
    CHECK(find_celeba(empty.path()).empty());
}

TEST_CASE("PNG files stand for the .jpg files of CelebA's lists, and that is said") {
    const SmallCelebA celeba;
    const auto images = celeba.folder() / "img_align_celeba";
    CHECK(celeba.open(std::nullopt).remarks().empty());
    for (int i = 1; i <= 6; ++i) {
        const auto name = images / ("00000" + std::to_string(i) + ".jpg");
        std::filesystem::rename(name, std::filesystem::path(name).replace_extension(".png"));
    }
    const CelebA set = celeba.open(Split::test, "Bald");
    CHECK(files(set) == std::vector<std::string>{"000002.png", "000005.png"});
    CHECK(set.attributes(0) == 0b00);
    CHECK(set.attributes(1) == 0b11);
    REQUIRE(set.remarks().size() == 1);
    CHECK(set.remarks()[0].find("PNG files stand for 2 ") != std::string::npos);
}

TEST_CASE("a list that names a file that is not there is refused with list, line and file") {
    const SmallCelebA celeba;
    std::filesystem::remove(celeba.folder() / "img_align_celeba/000004.jpg");
    try {
        celeba.open(Split::validation);
        FAIL("no error");
    } catch (const DataError& error) {
        CHECK(error.path() == celeba.folder() / "list_eval_partition.txt");
        CHECK(error.where() == "line 4");
        CHECK(std::string(error.what()).find("names 000004.jpg, which is not in ") != std::string::npos);
    }
    CHECK(celeba.open(Split::train).size() == 2);
}

TEST_CASE("an incomplete or contradictory CelebA is refused") {
    const SmallCelebA celeba;
    const auto rewrite = [&](const std::string& name, const std::string& text) {
        test::write_text(celeba.folder() / name, text);
    };
    CHECK_THROWS_WITH_AS(celeba.open(std::nullopt, "Blad"), doctest::Contains("did you mean 'Bald'"),
                         ConfigError);
    CHECK_THROWS_WITH_AS(CelebA({.folder = celeba.folder() / "nowhere"}),
                         doctest::Contains("is not a folder"), DataError);

    rewrite("list_attr_celeba.txt", "1\nBald\n000001.jpg 1\n");
    CHECK_THROWS_WITH_AS(celeba.open(std::nullopt), doctest::Contains("has no line for 000002.jpg"),
                         DataError);
    std::filesystem::remove(celeba.folder() / "list_attr_celeba.txt");
    CHECK(celeba.open(std::nullopt).attribute_names().empty());
    CHECK(celeba.open(std::nullopt).attributes(3) == 0);
    CHECK_THROWS_WITH_AS(celeba.open(std::nullopt, "Bald"), doctest::Contains("no list_attr_celeba"),
                         DataError);

    rewrite("list_eval_partition.txt", "000001.jpg 0\n000001.jpg 0\n");
    CHECK_THROWS_WITH_AS(
        celeba.open(Split::train),
        doctest::Contains("line 2: names 000001.jpg (train) a second time: line 1 has it (train)"),
        DataError);
    rewrite("list_eval_partition.txt", "000001.jpg 0\n");
    CHECK_THROWS_WITH_AS(celeba.open(Split::test), doctest::Contains("no images in split test"), DataError);
    std::filesystem::remove(celeba.folder() / "list_eval_partition.txt");
    CHECK_THROWS_WITH_AS(celeba.open(std::nullopt), doctest::Contains("no list_eval_partition"), DataError);
    std::filesystem::remove_all(celeba.folder() / "img_align_celeba");
    CHECK_THROWS_WITH_AS(celeba.open(std::nullopt), doctest::Contains("no folder img_align_celeba"),
                         DataError);
}

TEST_CASE("CelebA's fingerprint changes with the split, the files, the attributes and the label") {
    const SmallCelebA celeba;
    const std::string before = celeba.open(std::nullopt).fingerprint();
    CHECK(before != celeba.open(std::nullopt, "Bald").fingerprint());
    CHECK(celeba.open(std::nullopt, "Bangs").fingerprint() !=
          celeba.open(std::nullopt, "Bald").fingerprint());
    CHECK(before != celeba.open(Split::train).fingerprint());
    test::write_text(celeba.folder() / "img_align_celeba/000001.jpg", "longer than before");
    const std::string after = celeba.open(std::nullopt).fingerprint();
    CHECK(after != before);
    auto attributes = test::content_of(celeba.folder() / "list_attr_celeba.txt");
    attributes.replace(attributes.find(" -1"), 3, "  1");
    test::write_text(celeba.folder() / "list_attr_celeba.txt", attributes);
    CHECK(celeba.open(std::nullopt).fingerprint() != after);
    std::filesystem::remove(celeba.folder() / "list_attr_celeba.txt");
    CHECK(celeba.open(std::nullopt).fingerprint() != after);
}
