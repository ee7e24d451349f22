/// \file Samples that cannot be used, as users of the program meet them.

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <mollify/tests/support/jpeg_folder.hpp>
#include <mollify/tests/support/process.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;

namespace {

namespace fs = std::filesystem;

struct Outcome {
    int status;
    std::string out;
    std::string err;
};

Outcome mollify_program(const std::string& arguments) {
    std::vector<std::string> words{MOLLIFY_PROGRAM};
    std::istringstream in(arguments);
    for (std::string word; in >> word;) words.push_back(word);
    test::Process process(words);
    const int status = process.wait();
    return {status, process.out(), process.err()};
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// 24 JPEG files, of which 000003.jpg is cut and 000011.jpg empty.
std::string holed_folder(const test::TemporaryFolder& folder) {
    const auto path = folder / "jpeg";
    test::write_jpeg_folder(path, 24, 24, 20);
    fs::resize_file(path / "000003.jpg", 700);
    fs::resize_file(path / "000011.jpg", 0);
    return path.string();
}

}  // namespace

TEST_CASE("verify lists every bad sample with path and reason, and fails where there are any") {
    const test::TemporaryFolder folder;
    const auto data = holed_folder(folder);
    for (const auto* threads : {"1", "3"}) {
        const auto bad = mollify_program("verify " + data + " --threads " + threads);
        CHECK(bad.status == 1);
        CHECK(contains(bad.out, "train  sample 2 (" + data + "/000003.jpg): "));
        CHECK(contains(bad.out, data + "/000011.jpg: the file is empty"));
        CHECK(contains(bad.out, "24 samples of"));
        CHECK(contains(bad.out, "2 of them bad"));
    }
    fs::remove(data + "/000003.jpg");
    fs::remove(data + "/000011.jpg");
    const auto good = mollify_program("verify " + data);
    CHECK(good.status == 0);
    CHECK(contains(good.out, "22 samples of"));
    CHECK(contains(good.out, " 0 of them bad"));
    CHECK(mollify_program("verify " + data + "/nothing").status != 0);
}

TEST_CASE("bad samples end a run, or are skipped and said, as pipeline.bad_samples asks") {
    const test::TemporaryFolder folder;
    const auto data = holed_folder(folder);
    const auto run = [&](const std::string& more) {
        return mollify_program("inspect --data " + data + " --set pipeline.batch_size=4 --digest 12 " + more);
    };
    CHECK(run("").status == 1);
    const auto skip = run("--set pipeline.bad_samples=skip");
    CHECK(skip.status == 0);
    CHECK(contains(skip.err, "000003.jpg"));
    CHECK(contains(skip.err, "000011.jpg"));
    const auto few = run("--set pipeline.bad_samples=skip --set pipeline.bad_budget=1");
    CHECK(few.status == 1);
    CHECK(contains(few.err, "more than the budget of 1"));
    const auto unknown = run("--set pipeline.bad_samples=skipp");
    CHECK(unknown.status == 2);
    CHECK(contains(unknown.err, "did you mean 'skip'?"));
}
