/// \file `mollify pack` as its users run it.

#include <csignal>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/datasets/hdf5/pack.hpp>
#include <mollify/tests/support/jpeg_folder.hpp>
#include <mollify/tests/support/process.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;

namespace {

namespace fs = std::filesystem;

std::vector<std::string> command(const std::string& arguments) {
    std::vector<std::string> words{MOLLIFY_PROGRAM};
    std::istringstream in(arguments);
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

struct Outcome {
    int status;
    std::string out;
    std::string err;
};

Outcome mollify_program(const std::string& arguments) {
    test::Process process(command(arguments));
    const int status = process.wait();
    return {status, process.out(), process.err()};
}

bool has(const std::string& text, const std::string& words) {
    const bool found = text.find(words) != std::string::npos;
    if (!found) MESSAGE("'", words, "' is not in: ", text);
    return found;
}

/// Packs, and packs the pack again; both have the same notes, which are returned.
PackNotes packed_twice(const std::string& what, const test::TemporaryFolder& folder,
                       const std::string& said) {
    const auto once = (folder / "once.h5").string();
    const auto twice = (folder / "twice.H5").string();
    for (const auto& arguments : {what + " --output " + once, once + " --output " + twice}) {
        const auto outcome = mollify_program("pack " + arguments);
        CAPTURE(outcome.err);
        REQUIRE(outcome.status == 0);
        CHECK(has(outcome.out, said));
    }
    const PackDataset first(once);
    const PackDataset second(twice);
    CHECK(first.fingerprint() == second.fingerprint());
    CHECK(first.notes().class_names == second.notes().class_names);
    CHECK(first.notes().attribute_names == second.notes().attribute_names);
    CHECK(first.notes().attributes == second.notes().attributes);
    return second.notes();
}

}  // namespace

TEST_CASE("a pack keeps CelebA's attributes, and a pack of the pack does too") {
    const test::TemporaryFolder folder;
    const auto root = folder.path() / "celeba";
    test::write_jpeg_folder(root / "img_align_celeba", 4, 178, 218);
    std::string names;
    std::string rows;
    std::vector<std::string> all;
    for (int k = 0; k < 40; ++k) all.push_back("Attribute_" + std::to_string(k));
    for (const auto& name : all) names += name + " ";
    for (int i = 0; i < 4; ++i) {
        rows += "00000" + std::to_string(i + 1) + ".jpg";
        for (int k = 0; k < 40; ++k) rows += (k + i) % 3 == 0 ? "  1" : " -1";
        rows += "\n";
    }
    folder.write("celeba/list_attr_celeba.txt", "4\n" + names + "\n" + rows);
    folder.write("celeba/list_eval_partition.txt",
                 "000001.jpg 0\n000002.jpg 1\n000003.jpg 0\n000004.jpg 2\n");
    const auto notes = packed_twice("celeba --data " + root.string(), folder, "; with 40 attributes");
    CHECK(notes.attribute_names == all);
    REQUIRE(notes.attributes.size() == 2 * 40);
    for (std::size_t k = 0; k < 40; ++k) {
        CHECK(notes.attributes[k] == (k % 3 == 0 ? 1 : 0));
        CHECK(notes.attributes[40 + k] == ((k + 2) % 3 == 0 ? 1 : 0));
    }
}

TEST_CASE("a pack keeps the names of classes, and a pack of the pack does too") {
    const test::TemporaryFolder folder;
    for (const auto* name : {"cat", "dog"}) test::write_jpeg_folder(folder.path() / "set" / name, 3, 40, 48);
    const auto notes = packed_twice((folder.path() / "set").string(), folder, "; with 2 class names");
    CHECK(notes.class_names == std::vector<std::string>{"cat", "dog"});
}

TEST_CASE("a file that cannot be decoded is named by pack with its path and sample, and no pack appears") {
    const test::TemporaryFolder folder;
    const auto images = folder.path() / "images";
    test::write_jpeg_folder(images, 9, 40, 48);
    folder.write("images/000007.jpg", std::string("RIFF\x1a\0\0\0WEBPVP8L", 16) + std::string(40, 'x'));
    const auto outcome =
        mollify_program("pack " + images.string() + " --output " + (folder / "a.h5").string());
    CHECK(outcome.status == 1);
    CHECK(has(outcome.err, "sample 6"));
    CHECK(has(outcome.err, images / "000007.jpg"));
    CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("what a killed pack left is removed by the next one of the same file") {
    const test::TemporaryFolder folder;
    const auto images = folder.path() / "images";
    test::write_jpeg_folder(images, 600, 178, 218);
    const auto out = folder.path() / "out";
    fs::create_directories(out);
    const auto arguments =
        "pack " + images.string() + " --image-size 128 --output " + (out / "a.h5").string();
    {
        const test::Process process(command(arguments));
        REQUIRE(process.wait_until([&] { return !fs::is_empty(out); }));
        process.signal(SIGKILL);
    }
    REQUIRE_FALSE(fs::is_empty(out));
    REQUIRE_FALSE(fs::exists(out / "a.h5"));
    CHECK(mollify_program(arguments).status == 0);
    CHECK(fs::exists(out / "a.h5"));
    CHECK(std::distance(fs::directory_iterator(out), fs::directory_iterator()) == 1);
}

TEST_CASE("pack refuses what are no images, and tells which settings there are") {
    const test::TemporaryFolder folder;
    const auto output = " --output " + (folder / "a.h5").string();
    const auto numbers = mollify_program("pack synthetic/gaussian-mixture" + output);
    CHECK(numbers.status == 2);
    CHECK(has(numbers.err, "holds numbers; packs are of images"));
    const auto table = std::string(MOLLIFY_SOURCE_DIR) + "/tests/golden/cases/H02-lzf/lzf.h5";
    const auto no_images = mollify_program("pack " + table + output);
    CHECK(no_images.status == 1);
    CHECK(has(no_images.err, table + ": holds no images: X (120, 4) float64"));
    const auto unknown = mollify_program("pack " + table + " --set data.datset=x" + output);
    CHECK(unknown.status == 2);
    CHECK(has(unknown.err, "did you mean 'dataset'?"));
    const auto named = mollify_program("pack " + table + " --set data.dataset=Y" + output);
    CHECK(has(named.err, "data set 'Y': is missing from the file"));
}

TEST_CASE("a pack is known as one whatever its name ends in, and a table is read by the name of its set") {
    const test::TemporaryFolder folder;
    const auto images = folder.path() / "images";
    test::write_jpeg_folder(images, 12, 40, 48);
    const auto pack = (folder / "a.data").string();
    REQUIRE(mollify_program("pack " + images.string() + " --output " + pack).status == 0);
    const auto opened = mollify_program("inspect --set pipeline.batch_size=4 --data " + pack);
    CHECK(has(opened.out, "set = 'pack'"));
    const auto several = std::string(MOLLIFY_SOURCE_DIR) + "/tests/golden/cases/H06-several/several.h5";
    const auto table = "inspect --set pipeline.batch_size=4 --data " + several;
    CHECK(has(mollify_program(table).err, "--set data.dataset=x_test"));
    CHECK(mollify_program(table + " --set data.dataset=x_train").status == 0);
}
