/// \file A finished run is a result: it is read, and not written.

#include <map>

#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/tests/trainers/program/program.hpp>

using namespace mollify;
using namespace mollify::test;

namespace {

/// Of each file and folder: which one it is, and when it was last written to.
std::map<std::string, std::vector<long long>> state_of(const fs::path& folder) {
    std::map<std::string, std::vector<long long>> out;
    const auto add = [&](const fs::path& path) {
        struct stat found {};
        REQUIRE(::stat(path.c_str(), &found) == 0);
        out[path.string()] = {static_cast<long long>(found.st_ino), found.st_mtim.tv_sec,
                              found.st_mtim.tv_nsec, found.st_ctim.tv_sec, found.st_ctim.tv_nsec};
    };
    add(folder);
    for (const auto& entry : fs::recursive_directory_iterator(folder)) add(entry.path());
    return out;
}

}  // namespace

TEST_CASE("a finished run is told, evaluated and sampled without a write into its folder") {
    const TemporaryFolder folder;
    const auto run = folder.path() / "run";
    REQUIRE(mollify_program(small_run(run)).status == 0);
    const auto before = state_of(run);
    CHECK(mollify_program(small_run(run, "--resume")).status == 0);
    CHECK(mollify_program("evaluate " + run.string()).status == 0);
    CHECK(mollify_program("sample " + run.string() + " --output " + (folder.path() / "a.npy").string())
              .status == 0);
    CHECK(state_of(run) == before);

    fs::remove(run / "samples.png");  // what is missing is drawn, and nothing else
    CHECK(mollify_program(small_run(run, "--resume")).status == 0);
    auto after = state_of(run);
    CHECK(after.at((run / "curves.png").string()) == before.at((run / "curves.png").string()));
    CHECK(after.contains((run / "samples.png").string()));
}
