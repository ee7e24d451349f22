/// \file Two processes and one folder.

#include <csignal>

#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>

#include <mollify/stages/error.hpp>
#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/tests/trainers/program/program.hpp>
#include <mollify/trainers/program/run/folder_lock.hpp>

using namespace mollify;
using namespace mollify::test;

namespace {

bool has_begun(const fs::path& run) {
    return fs::exists(run / "metrics.jsonl") && fs::file_size(run / "metrics.jsonl") > 0;
}

}  // namespace

TEST_CASE("a second process is kept out of a run, told which one holds it, and disturbs nothing") {
    const TemporaryFolder folder;
    const auto run = folder.path() / "run";
    const auto arguments = small_run(run, "--set training.iterations=100000 --resume");
    Process first(command(arguments));
    REQUIRE(first.wait_until([&] { return has_begun(run); }));
    const auto partial = folder.write("run/checkpoints/iteration-0000000009.safetensors.partial-1-0", "x");
    const auto holder = content_of(run / "lock");
    CHECK(holder.starts_with("process "));
    for (const auto& again : {arguments, small_run(run, "--set training.iterations=100000")}) {
        const auto second = mollify_program(again);
        CHECK(second.status == 1);
        CHECK(second.err.find(holder) != std::string::npos);
        CHECK(second.err.find("--out") != std::string::npos);
    }
    CHECK(fs::exists(partial));  // as the first may be writing it
    first.signal(SIGTERM);
    CHECK(first.wait() == 128 + SIGTERM);
    CHECK_FALSE(fs::exists(run / "lock"));
    const auto metrics = read_metrics(run / "metrics.jsonl");
    for (std::size_t i = 1; i < metrics.steps.size(); ++i)
        CHECK(metrics.steps[i].iteration == metrics.steps[i - 1].iteration + 3);
}

TEST_CASE("a killed process leaves no lock, and what it left half written is removed by the next") {
    const TemporaryFolder folder;
    const auto run = folder.path() / "run";
    {
        Process killed(command(small_run(run)));
        REQUIRE(killed.wait_until([&] { return has_begun(run); }));
        killed.signal(SIGKILL);
        killed.wait();
    }
    const std::vector<fs::path> partial{"run/config.toml.partial-1-0", "run/summary.json.partial-1-0",
                                        "run/snapshots/iteration-0.safetensors.partial-1-0",
                                        "run/checkpoints/iteration-0000000009.safetensors.partial-1-0"};
    for (const auto& name : partial) folder.write(name, "half");
    const auto foreign = folder.write("run/mine.npy.partial-1-0", "half");
    fs::remove(run / "summary.json");
    CHECK(mollify_program(small_run(run, "--resume")).status == 0);
    for (const auto& name : partial) CHECK_FALSE(fs::exists(folder.path() / name));
    CHECK(fs::exists(foreign));
}

TEST_CASE("a study's folder has one writer too") {
    const TemporaryFolder folder;
    const auto study = folder.path() / "study";
    const FolderLock lock(study);
    const auto refused = mollify_program("study quickstart --seeds 1 --threads 1 --out " + study.string());
    CHECK(refused.status == 1);
    CHECK(refused.err.find("process " + std::to_string(::getpid()) + " on ") != std::string::npos);
}

TEST_CASE("a lock that is given back can be taken, a file named lock that nobody holds does not matter") {
    const TemporaryFolder folder;
    for (int i = 0; i < 2; ++i) {
        const FolderLock lock(folder.path());
        CHECK_THROWS_WITH_AS(FolderLock(folder.path()), doctest::Contains("being written by process"),
                             DataError);
    }
    folder.write("lock", "process 1 on nowhere");
    const FolderLock lock(folder.path());
    CHECK(content_of(folder.path() / "lock").find("nowhere") == std::string::npos);
}
