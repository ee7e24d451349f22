/// \file What a run keeps when it goes wrong, and which of its models is taken.

#include <csignal>

#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>
#include <spdlog/fmt/fmt.h>

#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/tests/trainers/program/program.hpp>

using namespace mollify;
using namespace mollify::test;

namespace {

nlohmann::json summary_of(const fs::path& run) {
    return nlohmann::json::parse(content_of(run / "summary.json"));
}

}  // namespace

TEST_CASE("a training that diverges ends in time, with what to do, and keeps checkpoints that are finite") {
    const TemporaryFolder folder;
    std::size_t kept = 0;
    for (const std::string rate : {"1e12", "1e3", "20"}) {
        const auto run = folder.path() / rate;
        const auto settings =
            "--set training.iterations=2000 --set training.snapshots=[] --set training.checkpoint_seconds=0 "
            "--set evaluation.every_iterations=0 --set optimizer.learning_rate=" +
            rate;
        const auto diverged = mollify_program(small_run(run, settings + " --set training.max_skips=5"));
        CAPTURE(diverged.err);
        CHECK(diverged.status == 1);
        CHECK(diverged.err.find("diverged") != std::string::npos);
        CHECK(diverged.err.find("smaller optimizer.learning_rate") != std::string::npos);
        CHECK_FALSE(fs::exists(run / "summary.json"));
        for (const auto& entry : fs::directory_iterator(run / "checkpoints")) {
            for (const auto& [name, tensor] : read_safetensors(entry.path()).tensors) {
                CAPTURE(name);
                if (!name.starts_with("model.") || !tensor.is_floating_point()) continue;
                CHECK(tensor.isfinite().all().item<bool>());
                ++kept;
            }
        }
    }
    CHECK(kept > 0);
}

TEST_CASE("how many losses in a row may be not finite is no part of the training") {
    const TemporaryFolder folder;
    const auto run = folder.path() / "run";
    const std::string settings =
        "--set training.iterations=40 --set training.snapshots=[] --set optimizer.learning_rate=1e12 "
        "--resume ";
    CHECK(mollify_program(small_run(run, settings + "--set training.max_skips=5")).status == 1);
    const auto borne = mollify_program(small_run(run, settings + "--set training.max_skips=0"));
    CAPTURE(borne.err);
    CHECK(borne.status == 0);
    CHECK(summary_of(run)["skipped_steps"].get<int>() > 5);
}

TEST_CASE("--best is the model of the best validation, and not the last") {
    const TemporaryFolder folder;
    const auto run = folder.path() / "run";
    REQUIRE(mollify_program(small_run(run,
                                      "--set training.iterations=600 --set data.train=60 --set "
                                      "mollification.kind=none --set model.hidden=64 --set "
                                      "evaluation.every_iterations=50 --set optimizer.learning_rate=1e-2"))
                .status == 0);
    const auto summary = summary_of(run);
    const double best = summary["test_log_likelihood_best"], last = summary["test_log_likelihood_last"];
    REQUIRE(summary["best_iteration"].get<int>() < 600);
    REQUIRE(std::abs(best - last) > 1e-3);
    const auto told = [&](const std::string& more, double value) {
        const auto result = mollify_program("evaluate " + run.string() + more);
        CHECK(result.status == 0);
        CHECK(result.out.find(fmt::format("{:.4f} nats", value)) != std::string::npos);
    };
    told("", last);
    told(" --best", best);
    const auto samples = [&](const std::string& more) {
        const auto file = folder.path() / "samples.npy";
        CHECK(mollify_program("sample " + run.string() + " --count 20 --output " + file.string() + more)
                  .status == 0);
        return content_of(file);
    };
    CHECK(samples("") == samples(""));
    CHECK(samples("") != samples(" --best"));
    CHECK(samples("") != samples(" --seed 1"));
}

TEST_CASE("an evaluation that a signal cut short is made up for") {
    const TemporaryFolder folder;
    const auto arguments = [&](const fs::path& run) {
        return small_run(run,
                         "--resume --set data.test=300000 --set training.iterations=14 --set "
                         "training.snapshots=[] --set training.log_every=7");
    };
    REQUIRE(mollify_program(arguments(folder.path() / "whole")).status == 0);
    const auto run = folder.path() / "run";
    Process process(command(arguments(run)));
    REQUIRE(process.wait_until(
        [&] { return fs::exists(run / "metrics.jsonl") && fs::file_size(run / "metrics.jsonl") > 0; }));
    process.signal(SIGTERM);  // the line of iteration 7 is there, its evaluation takes longer
    CHECK(process.wait() == 128 + SIGTERM);
    CHECK(read_metrics(run / "metrics.jsonl").evaluations.empty());
    REQUIRE(mollify_program(arguments(run)).status == 0);
    check_same_run(folder.path() / "whole", run);
}

TEST_CASE("a relative path to the data is kept as where it leads") {
    const TemporaryFolder folder;
    const auto table = folder.write("here/mine.csv", table_text(1));
    const auto run = folder.path() / "run";
    Process process({"/bin/sh", "-c",
                     "cd " + table.parent_path().string() + " && exec " + MOLLIFY_PROGRAM + " " +
                         small_table_run("../here/./mine.csv", run)});
    REQUIRE(process.wait() == 0);
    CHECK(content_of(run / "config.toml").find(fs::canonical(table).string()) != std::string::npos);
    CHECK(mollify_program("evaluate " + run.string()).status == 0);
    const auto missing = mollify_program("inspect --data none.csv");
    CHECK(missing.err.find((fs::current_path() / "none.csv").string()) != std::string::npos);
}

TEST_CASE("what cannot be trained to its end is refused before anything is written") {
    const TemporaryFolder folder;
    const auto run = folder.path() / "run";
    const auto refused =
        mollify_program(small_run(run, "--set training.iterations=17592186044417 --set model.hidden=0"));
    CHECK(refused.status == 2);
    CHECK(refused.err.find("training.iterations") != std::string::npos);
    CHECK(refused.err.find("hidden") != std::string::npos);
    CHECK_FALSE(fs::exists(run));
}
