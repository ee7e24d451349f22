#include <filesystem>
#include <memory>
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
    CelebA open(CelebASplit split, const std::string& attribute = "") const {
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
        CHECK(files(celeba.open(CelebASplit::train)) == std::vector<std::string>{"000003.jpg", "000006.jpg"});
        CHECK(files(celeba.open(CelebASplit::valid)) == std::vector<std::string>{"000001.jpg", "000004.jpg"});
        CHECK(files(celeba.open(CelebASplit::test)) == std::vector<std::string>{"000002.jpg", "000005.jpg"});
        CHECK(celeba.open(CelebASplit::all).size() == 6);
        CHECK(celeba.open(CelebASplit::valid).name() == "celeba/valid");
    }
}

TEST_CASE("CelebA's images arrive encoded, with the chosen attribute as label") {
    const SmallCelebA celeba;
    const CelebA set = celeba.open(CelebASplit::all, "Bangs");
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
    celeba.open(CelebASplit::all).read(batch);
    CHECK(batch.labels()[0] == kNoLabel);
}

TEST_CASE("CelebA is found in the folders of the official download and of Kaggle's") {
    for (const char* images : {"Img/img_align_celeba", "img_align_celeba/img_align_celeba"}) {
        const SmallCelebA celeba(false, images);
        for (const auto& [name, folder] :
             {std::pair{"list_eval_partition.txt", "Eval/"}, {"list_attr_celeba.txt", "Anno/"}}) {
            std::filesystem::rename(celeba.folder() / name, celeba.folder() / (folder + std::string(name)));
        }
        CHECK(celeba.open(CelebASplit::all, "Bald").size() == 6);
    }
}

TEST_CASE("a list that names a file that is not there is refused with list, line and file") {
    const SmallCelebA celeba;
    std::filesystem::remove(celeba.folder() / "img_align_celeba/000004.jpg");
    try {
        celeba.open(CelebASplit::valid);
        FAIL("no error");
    } catch (const DataError& error) {
        CHECK(error.path() == celeba.folder() / "list_eval_partition.txt");
        CHECK(error.where() == "line 4");
        CHECK(std::string(error.what()).find("names 000004.jpg, which is not in ") != std::string::npos);
    }
    CHECK(celeba.open(CelebASplit::train).size() == 2);
}

TEST_CASE("an incomplete or contradictory CelebA is refused") {
    const SmallCelebA celeba;
    const auto rewrite = [&](const std::string& name, const std::string& text) {
        test::write_text(celeba.folder() / name, text);
    };
    CHECK_THROWS_WITH_AS(celeba.open(CelebASplit::all, "Blad"), doctest::Contains("did you mean 'Bald'"),
                         ConfigError);
    CHECK_THROWS_WITH_AS(CelebA({.folder = celeba.folder() / "nowhere"}),
                         doctest::Contains("is not a folder"), DataError);

    rewrite("list_attr_celeba.txt", "1\nBald\n000001.jpg 1\n");
    CHECK_THROWS_WITH_AS(celeba.open(CelebASplit::all), doctest::Contains("has no line for 000002.jpg"),
                         DataError);
    std::filesystem::remove(celeba.folder() / "list_attr_celeba.txt");
    CHECK(celeba.open(CelebASplit::all).attribute_names().empty());
    CHECK(celeba.open(CelebASplit::all).attributes(3) == 0);
    CHECK_THROWS_WITH_AS(celeba.open(CelebASplit::all, "Bald"), doctest::Contains("no list_attr_celeba"),
                         DataError);

    rewrite("list_eval_partition.txt", "000001.jpg 0\n000001.jpg 0\n");
    CHECK_THROWS_WITH_AS(celeba.open(CelebASplit::train),
                         doctest::Contains("line 2: names 000001.jpg a second time"), DataError);
    rewrite("list_eval_partition.txt", "000001.jpg 0\n");
    CHECK_THROWS_WITH_AS(celeba.open(CelebASplit::test), doctest::Contains("no images in split test"),
                         DataError);
    std::filesystem::remove(celeba.folder() / "list_eval_partition.txt");
    CHECK_THROWS_WITH_AS(celeba.open(CelebASplit::all), doctest::Contains("no list_eval_partition"),
                         DataError);
    std::filesystem::remove_all(celeba.folder() / "img_align_celeba");
    CHECK_THROWS_WITH_AS(celeba.open(CelebASplit::all), doctest::Contains("no folder img_align_celeba"),
                         DataError);
}

TEST_CASE("CelebA's fingerprint changes with the split, the files, the attributes and the label") {
    const SmallCelebA celeba;
    const std::string before = celeba.open(CelebASplit::all).fingerprint();
    CHECK(before != celeba.open(CelebASplit::all, "Bald").fingerprint());
    CHECK(celeba.open(CelebASplit::all, "Bangs").fingerprint() !=
          celeba.open(CelebASplit::all, "Bald").fingerprint());
    CHECK(before != celeba.open(CelebASplit::train).fingerprint());
    test::write_text(celeba.folder() / "img_align_celeba/000001.jpg", "longer than before");
    const std::string after = celeba.open(CelebASplit::all).fingerprint();
    CHECK(after != before);
    std::filesystem::remove(celeba.folder() / "list_attr_celeba.txt");
    CHECK(celeba.open(CelebASplit::all).fingerprint() != after);
}
