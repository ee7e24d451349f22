/// \file Output that could not be written is an error of every command.

#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>

#include <mollify/tests/support/jpeg_folder.hpp>
#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/tests/trainers/program/program.hpp>

using namespace mollify;
using namespace mollify::test;

namespace {

Outcome in_shell(const std::string& arguments, const std::string& redirection) {
    Process process({"/bin/sh", "-c", std::string(MOLLIFY_PROGRAM) + " " + arguments + " " + redirection});
    const int status = process.wait();
    return {status, process.out(), process.err()};
}

}  // namespace

TEST_CASE("no command succeeds when its output is lost, on a full disk or where standard output is closed") {
    const TemporaryFolder folder;
    const auto run = folder.path() / "run";
    const std::string out = folder.path().string();
    REQUIRE(mollify_program(small_run(run)).status == 0);
    write_jpeg_folder(folder.path() / "images", 3, 32, 32);
    for (const std::string redirection : {">/dev/full", ">&-"}) {
        for (const std::string& arguments : std::vector<std::string>{
                 "--help", "--version", "train --help", "presets", "presets quickstart",
                 "inspect --preset quickstart --digest 1", "evaluate " + run.string(),
                 "sample " + run.string() + " --count 5 --output " + out + "/a.npy",
                 "pack " + out + "/images --output " + out + "/pack.h5", small_run(run, "--resume"),
                 "study quickstart --seeds 1 --threads 1 --set training.iterations=5 --set model.hidden=8 "
                 "--out " +
                     out + "/study"}) {
            CAPTURE(redirection);
            CAPTURE(arguments);
            const auto lost = in_shell(arguments, redirection);
            CHECK(lost.status == 1);
            CHECK(lost.err.find("standard output could not be written") != std::string::npos);
        }
    }
    CHECK(in_shell("presets", ">/dev/null").status == 0);
    CHECK(in_shell("presets nothing", ">/dev/full").status == 2);  // its own failure comes first
    CHECK(in_shell("train", "2>/dev/full").status == 2);
}

TEST_CASE("a training whose standard output is closed writes its words into none of its files") {
    const TemporaryFolder folder;
    const auto run = folder.path() / "run";
    CHECK(in_shell(small_run(run), ">&- 2>&- <&-").status == 1);
    CHECK(mollify_program("evaluate " + run.string()).status == 0);
    CHECK(read_metrics(run / "metrics.jsonl").steps.size() == 14);
}
