#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/pipeline/pipeline.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/trainers/program/data/data.hpp>

using namespace mollify;

namespace {

const std::string kCases = MOLLIFY_SOURCE_DIR "/tests/golden/cases/";

Data open_images(const std::filesystem::path& path, const std::string& set = "images") {
    DataOptions options;
    options.set = set;
    options.path = path;
    return open_data(options);
}

std::string refused(const std::filesystem::path& path, const std::string& set = "images") {
    return test::message_of([&] { open_images(path, set); });
}

bool said(const Data& data, const std::string& part) {
    return std::ranges::any_of(data.remarks,
                               [&](const std::string& remark) { return remark.find(part) != remark.npos; });
}

/// Images and lists as CelebA has them, two images of each part.
void write_celeba(const test::TemporaryFolder& folder) {
    std::string list;
    for (int i = 1; i <= 6; ++i) {
        const auto file = "00000" + std::to_string(i) + ".jpg";
        folder.write("img_align_celeba/" + file, std::string(static_cast<std::size_t>(i), 'x'));
        list += file + " " + std::to_string((i - 1) / 2) + "\n";
    }
    folder.write("list_eval_partition.txt", list);
}

}  // namespace

TEST_CASE("folders named train, val and test are the parts of a data set of images") {
    const test::TemporaryFolder folder;
    for (const char* file :
         {"train/cat/1.jpg", "train/cat/2.jpg", "train/dog/3.jpg", "val/cat/4.jpg", "val/dog/5.jpg"})
        folder.write(file, "x");
    const auto two = open_images(folder.path());
    CHECK(two.train->size() == 3);
    REQUIRE(two.validation);
    CHECK(two.validation->size() == 2);
    CHECK(two.validation->origin(0) == (folder / "val/cat/4.jpg").string());
    CHECK_FALSE(two.test);
    CHECK(two.remarks.empty());

    folder.write("test/6.jpg", "x");
    folder.write("extra/7.jpg", "x");
    folder.write("train/notes.txt", "x");
    const auto three = open_images(folder.path());
    REQUIRE(three.test);
    CHECK(three.test->size() == 1);
    CHECK(three.test->origin(0) == (folder / "test/6.jpg").string());
    CHECK(three.remarks.size() == 3);
    CHECK(said(three, "extra: passed over"));
    CHECK(said(three, "train: read 3 (.jpg 3); passed over 1 (.txt 1)"));
    CHECK(said(three, "test: its classes are not those of "));
}

TEST_CASE("CelebA is not taken for a plain folder of images without a word") {
    const test::TemporaryFolder folder;
    write_celeba(folder);
    CHECK(refused(folder.path()).find("is CelebA, with the lists of its parts (--set data.set=celeba") !=
          std::string::npos);
    for (const std::string end : {"", "/"}) {
        const auto data = open_images((folder / "img_align_celeba").string() + end);
        CHECK(data.train->size() == 6);
        CHECK(said(data, "all images of CelebA as one part"));
    }
    folder.write("others/1.jpg", "x");
    CHECK(open_images(folder / "others").remarks.empty());
}

TEST_CASE("CelebA's parts are those of its list, none of them another's") {
    const test::TemporaryFolder folder;
    write_celeba(folder);
    const auto data = open_images(folder.path(), "celeba");
    CHECK(data.decode->crop == 148);
    const auto names = [](const DatasetPtr& part) {
        std::vector<std::string> out;
        for (SampleId id = 0; id < part->size(); ++id)
            out.push_back(std::filesystem::path(part->origin(id)).filename());
        return out;
    };
    CHECK(names(data.train) == std::vector<std::string>{"000001.jpg", "000002.jpg"});
    CHECK(names(data.validation) == std::vector<std::string>{"000003.jpg", "000004.jpg"});
    CHECK(names(data.test) == std::vector<std::string>{"000005.jpg", "000006.jpg"});
}

TEST_CASE("files with bytes without meaning are read, counted and named, or refused by data.strict") {
    const test::TemporaryFolder folder;
    for (const char* name : {"I10-extraneous", "I10-junk-before-dqt", "I10-zeros-before-eoi", "I01-cmyk"})
        folder.write(std::string(name) + ".jpg", test::content_of(kCases + name + "/image.jpg"));
    DataOptions options;
    options.set = "images";
    options.path = folder.path();
    const auto data = open_data(options);
    ChainOptions chain;
    chain.pipeline.batch_size = 2;
    std::size_t samples = 0;
    for (Batch& batch : BatchRange(make_recipe(data, data.train, chain), 0, 4)) samples += batch.size();
    CHECK(samples == 8);
    CHECK(data.warnings->files() == 3);
    CHECK(data.warnings->text().find((folder / "I10-extraneous.jpg").string()) != std::string::npos);

    options.strict = true;
    const auto strict = open_data(options);
    CHECK(strict.decode->strict);
    const auto message = test::message_of<StageError>([&] {
        for ([[maybe_unused]] Batch& batch : BatchRange(make_recipe(strict, strict.train, chain), 0, 4))
            samples = 0;
    });
    CHECK(message.find("I10-") != std::string::npos);
    CHECK(message.find("--set data.strict=false") != std::string::npos);
    CHECK(strict.warnings->files() == 0);
}
