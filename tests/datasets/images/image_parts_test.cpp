#include <filesystem>
#include <initializer_list>
#include <string>

#include <doctest/doctest.h>

#include <mollify/datasets/images/image_parts.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;

namespace {

class Folders {
  public:
    Folders(std::initializer_list<const char*> names) {
        for (const char* name : names) std::filesystem::create_directory(folder_ / name);
    }
    void add_file(const char* name) const { folder_.write(name, "x"); }
    std::string path() const { return folder_.path(); }
    auto find() const { return find_image_parts(path()); }

  private:
    test::TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("folders called train, val and test are parts, by all their usual names") {
    for (const char* name : {"val", "valid", "validation", "Val"}) {
        CAPTURE(name);
        const Folders folders{"train", name};
        const auto parts = folders.find();
        REQUIRE(parts);
        CHECK(parts->train == folders.path() + "/train");
        CHECK(parts->validation == folders.path() + "/" + name);
        CHECK(parts->test.empty());
        CHECK(parts->remarks.empty());
    }
    const Folders folders{"train", "validation", "test", "__MACOSX", ".cache"};
    const auto parts = folders.find();
    REQUIRE(parts);
    CHECK(parts->validation == folders.path() + "/validation");
    CHECK(parts->test == folders.path() + "/test");
    CHECK(parts->remarks.empty());
    CHECK(Folders{"training", "testing"}.find()->test.ends_with("/testing"));
    CHECK(Folders{"train"}.find().has_value());
}

TEST_CASE("other folders are classes, or are said to be passed over beside the parts") {
    CHECK_FALSE(Folders{"cat", "dog"}.find());
    CHECK_FALSE(Folders{"bus", "car", "train"}.find());
    CHECK_FALSE(Folders{"test", "val"}.find());
    CHECK_FALSE(Folders{}.find());
    CHECK_FALSE(find_image_parts("/nowhere"));
    const Folders folders{"extra", "train", "test"};
    REQUIRE(folders.find());
    CHECK(folders.find()->remarks ==
          std::vector<std::string>{folders.path() + "/extra: passed over, beside the folders of the parts"});
    const Folders loose{"train", "test"};
    loose.add_file("1.jpg");
    loose.add_file("LICENSE");
    CHECK(loose.find()->remarks ==
          std::vector<std::string>{loose.path() + ": passed over 1 images beside the folders of the parts"});
}

TEST_CASE("two folders for one part are refused") {
    CHECK_THROWS_WITH_AS((Folders{"train", "val", "valid"}.find()), doctest::Contains("the same part"),
                         DataError);
}
