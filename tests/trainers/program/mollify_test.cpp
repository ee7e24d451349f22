/// \file The program as its users run it.

#include <cstdlib>
#include <random>

#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>

#include <mollify/datasets/tables/npy.hpp>
#include <mollify/tests/support/jpeg_folder.hpp>
#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/tests/trainers/figures/picture.hpp>
#include <mollify/tests/trainers/program/program.hpp>

using namespace mollify;
using namespace mollify::test;
using doctest::Contains;

TEST_CASE("help is given for the program and for every subcommand") {
    const auto help = mollify_program("--help");
    CHECK(help.status == 0);
    for (const auto* name : {"train", "study", "evaluate", "sample", "inspect", "pack", "presets"}) {
        CAPTURE(name);
        CHECK(help.out.find(name) != std::string::npos);
        const auto own = mollify_program(std::string(name) + " --help");
        CHECK(own.status == 0);
        CHECK(own.out.find("Usage") != std::string::npos);
    }
    CHECK(mollify_program("--help-all").status == 0);
}

TEST_CASE("a run leaves configuration, metrics, summary, checkpoints, snapshots and pictures in its folder") {
    const test::TemporaryFolder folder;
    const auto run = folder.path() / "run";
    const auto result = mollify_program(small_run(run));
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    CHECK(result.out.find("test log-likelihood, last") != std::string::npos);
    for (const auto* name : {"config.toml", "metrics.jsonl", "summary.json", "curves.png", "samples.png",
                             "checkpoints/best.safetensors", "snapshots/iteration-0.safetensors",
                             "snapshots/iteration-20.safetensors"}) {
        CAPTURE(name);
        CHECK(fs::file_size(run / name) > 0);
    }
    const auto metrics = read_metrics(run / "metrics.jsonl");
    REQUIRE(metrics.steps.size() == 14);
    CHECK(metrics.steps.front().iteration == 3);
    CHECK(metrics.steps.back().iteration == 40);
    CHECK(metrics.steps.front().noise_level > 0.8);
    CHECK(metrics.steps.back().noise_level == 0);  // the last 40 % are clean
    REQUIRE(metrics.evaluations.size() == 6);      // after 7, 14, …, 35, and at the end
    CHECK(metrics.evaluations.back().iteration == 40);
    const auto summary = nlohmann::json::parse(test::content_of(run / "summary.json"));
    CHECK(summary["iterations"] == 40);
    CHECK(summary["mollifier"] == "gaussian sigmoid");
    CHECK(summary["test_log_likelihood_last"] == *metrics.evaluations.back().test);

    SUBCASE("evaluate tells what training told") {
        const auto evaluation = mollify_program("evaluate " + run.string());
        CHECK(evaluation.status == 0);
        std::ostringstream expected;
        expected.precision(4);
        expected << std::fixed << *metrics.evaluations.back().test;
        CHECK(evaluation.out.find(expected.str()) != std::string::npos);
    }
    SUBCASE("the summary knows the limiting stage after a session that trained nothing") {
        fs::remove(run / "summary.json");
        REQUIRE(mollify_program(small_run(run, "--resume")).status == 0);
        CHECK_FALSE(summary["limiting_stage"].get<std::string>().empty());
        CHECK(nlohmann::json::parse(test::content_of(run / "summary.json"))["limiting_stage"] ==
              summary["limiting_stage"]);
    }
    SUBCASE("sample writes arrays and pictures, the same for the same seed") {
        const auto first = folder.path() / "a.npy";
        const auto second = folder.path() / "b.npy";
        REQUIRE(
            mollify_program("sample " + run.string() + " --count 1500 --output " + first.string()).status ==
            0);
        REQUIRE(
            mollify_program("sample " + run.string() + " --count 1500 --output " + second.string()).status ==
            0);
        CHECK(read_npy(first).shape == std::vector<std::size_t>{1500, 2});
        CHECK(test::content_of(first) == test::content_of(second));
        const auto picture = folder.path() / "a.png";
        CHECK(mollify_program("sample " + run.string() + " --best --output " + picture.string()).status == 0);
        CHECK(fs::exists(picture));
        CHECK(mollify_program("sample " + run.string() + " --output " + (folder.path() / "a.gif").string())
                  .status == 2);
    }
    SUBCASE("the same run again needs --resume, and then does nothing new") {
        const auto again = mollify_program(small_run(run));
        CHECK(again.status == 2);
        CHECK(again.err.find("--resume") != std::string::npos);
        CHECK(mollify_program(small_run(run, "--resume")).status == 0);
        CHECK(read_metrics(run / "metrics.jsonl").steps.size() == 14);
    }
    SUBCASE("the folder is not given to another configuration") {
        const auto other = mollify_program(small_run(run, "--seed 2 --resume"));
        CHECK(other.status == 2);
        CHECK(other.err.find("training.seed: 1 there, 2 here") != std::string::npos);
    }
}

TEST_CASE("where the last checkpoint is damaged the one before it is used, and that is said") {
    const test::TemporaryFolder folder;
    const auto run = folder.path() / "run";
    const auto arguments = small_run(run, "--set training.checkpoint_seconds=0 --resume");
    REQUIRE(mollify_program(arguments).status == 0);
    const auto whole = folder.path() / "whole";
    fs::copy(run, whole, fs::copy_options::recursive);
    fs::remove(run / "summary.json");
    const auto damage = [&](const fs::path& file) { fs::resize_file(file, fs::file_size(file) / 2); };
    damage(newest_checkpoint(run));

    const auto result = mollify_program(arguments);
    CHECK(result.status == 0);
    CHECK(result.err.find("iteration-0000000040.safetensors") != std::string::npos);
    CHECK(result.err.find("going on at iteration 39 of 40") != std::string::npos);
    check_same_run(whole, run);

    fs::remove(run / "summary.json");
    for (const auto& entry : fs::directory_iterator(run / "checkpoints")) damage(entry.path());
    const auto refused = mollify_program(arguments);
    CHECK(refused.status == 1);
    CHECK(refused.err.find("none of its 2 checkpoints is whole") != std::string::npos);
}

TEST_CASE("seeds make runs differ, and nothing else does") {
    const test::TemporaryFolder folder;
    REQUIRE(mollify_program(small_run(folder.path() / "a")).status == 0);
    REQUIRE(
        mollify_program(small_run(folder.path() / "b", "--set threads.pipeline=2 --set pipeline.in_flight=3"))
            .status == 0);
    REQUIRE(mollify_program(small_run(folder.path() / "c", "--seed 2")).status == 0);
    check_same_run(folder.path() / "a", folder.path() / "b");
    CHECK(test::content_of(newest_checkpoint(folder.path() / "a")) !=
          test::content_of(newest_checkpoint(folder.path() / "c")));
}

TEST_CASE(
    "SIGINT, SIGTERM and SIGHUP end with a checkpoint and 130, 143 or 129, and the run goes on from there to "
    "the "
    "same bits") {
    const test::TemporaryFolder folder;
    REQUIRE(mollify_program(small_run(folder.path() / "whole", "--set training.iterations=3000")).status ==
            0);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        CAPTURE(signal);
        const auto run = folder.path() / std::to_string(signal);
        const auto arguments = small_run(run, "--set training.iterations=3000 --resume");
        {
            test::Process process(command(arguments));
            REQUIRE(process.wait_until([&] {
                return fs::exists(run / "metrics.jsonl") && fs::file_size(run / "metrics.jsonl") > 0;
            }));
            process.signal(signal);
            CHECK(process.wait() == 128 + signal);
            CHECK(process.err().find("--resume") != std::string::npos);
        }
        CHECK_FALSE(fs::exists(run / "summary.json"));
        CHECK(fs::exists(newest_checkpoint(run)));
        REQUIRE(mollify_program(arguments).status == 0);
        check_same_run(folder.path() / "whole", run);
    }
}

TEST_CASE("a SIGHUP that was ignored before the program started, as by nohup, stops nothing") {
    const test::TemporaryFolder folder;
    const auto run = folder.path() / "run";
    test::Process process({"/bin/sh", "-c",
                           "trap '' HUP; exec " + std::string(MOLLIFY_PROGRAM) + " " +
                               small_run(run, "--set training.iterations=3000")});
    REQUIRE(process.wait_until(
        [&] { return fs::exists(run / "metrics.jsonl") && fs::file_size(run / "metrics.jsonl") > 0; }));
    process.signal(SIGHUP);
    CHECK(process.wait() == 0);
    CHECK(fs::exists(run / "summary.json"));
}

TEST_CASE("a second signal ends the program at once, without a checkpoint") {
    const test::TemporaryFolder folder;
    const auto run = folder.path() / "run";
    test::Process process(command(small_run(run, "--set training.iterations=100000")));
    REQUIRE(process.wait_until(
        [&] { return fs::exists(run / "metrics.jsonl") && fs::file_size(run / "metrics.jsonl") > 0; }));
    // Both are there when it goes on, so that the second does not wait for the end that the first asks for.
    for (const int signal : {SIGSTOP, SIGINT, SIGTERM, SIGCONT}) process.signal(signal);
    const int status = process.wait();
    CHECK((status == 128 + SIGINT || status == 128 + SIGTERM));
    CHECK(process.err().find("saved") == std::string::npos);
    CHECK(newest_checkpoint(run).empty());
}

TEST_CASE("killed at random moments and continued, a run ends with the bits of one that was not") {
    // MOLLIFY_TEST_KILLS makes it longer. Every iteration writes a checkpoint, so that kills fall into writes too.
    const char* wanted = std::getenv("MOLLIFY_TEST_KILLS");
    const int kills = wanted != nullptr ? std::atoi(wanted) : 4;
    const std::string settings = "--set training.iterations=400 --set training.checkpoint_seconds=0 --resume";
    const test::TemporaryFolder folder;
    REQUIRE(mollify_program(small_run(folder.path() / "whole", settings)).status == 0);

    const auto run = folder.path() / "killed";
    std::mt19937 random(7);
    int killed = 0;
    for (int i = 0; i < kills; ++i) {
        test::Process process(command(small_run(run, settings)));
        const auto before = fs::exists(run / "checkpoints") ? newest_checkpoint(run) : fs::path();
        // Not before the run has got further than last time, so that the kills are spread over it.
        process.wait_until(
            [&] { return fs::exists(run / "checkpoints") && newest_checkpoint(run) > before; });
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 30'000));
        process.signal(SIGKILL);
        killed += process.wait() == 128 + SIGKILL;
    }
    CHECK(killed > 0);
    REQUIRE(mollify_program(small_run(run, settings)).status == 0);
    check_same_run(folder.path() / "whole", run);
}

TEST_CASE("mistakes are told before anything starts, all of them, with status 2") {
    const test::TemporaryFolder folder;
    const auto run = folder.path() / "run";
    const auto result = mollify_program(
        "train --preset quickstart --set training.sed=1 --set model.kind=mav --out " + run.string());
    CHECK(result.status == 2);
    CHECK(result.err.find("did you mean 'seed'?") != std::string::npos);
    CHECK(result.err.find("did you mean 'maf'?") != std::string::npos);
    CHECK_FALSE(fs::exists(run));
    CHECK(mollify_program("train --preset quickstrat").err.find("did you mean 'quickstart'?") !=
          std::string::npos);
    CHECK(mollify_program("train").status == 2);
    CHECK(mollify_program("trian").status == 2);
    CHECK(mollify_program("train --preset uci/redwine-maf --out " + run.string()).err.find("--data") !=
          std::string::npos);
    CHECK(mollify_program("evaluate " + folder.path().string()).status == 1);
}

TEST_CASE("unknown keys, bad values and missing data are told together") {
    const auto told = [](const std::string& arguments, const std::vector<std::string>& all) {
        CAPTURE(arguments);
        const auto result = mollify_program(arguments);
        CHECK(result.status == 2);
        CHECK(result.err.find(std::to_string(all.size()) + " problems") != std::string::npos);
        for (const auto& problem : all) {
            CAPTURE(problem);
            CHECK(result.err.find(problem) != std::string::npos);
        }
    };
    const std::string mistakes =
        " --set training.sed=1 --set mollification.tau=hello --set pipeline.batch_size=0 "
        "--set model.hidden=0 ";
    const std::vector<std::string> problems{"training.sed", "tau: must be a number", "batch_size",
                                            "model: hidden must be at least 1"};
    auto and_data = problems;
    and_data.emplace_back("name it with --data");
    told("train --preset uci/redwine-maf" + mistakes, and_data);
    told("inspect --preset uci/redwine-maf" + mistakes, and_data);
    and_data.emplace_back("--seeds");
    told("study uci/redwine-maf --seeds 1,1" + mistakes, and_data);
    and_data = problems;
    and_data.emplace_back("/none.csv: cannot read");
    told("train --data /none.csv" + mistakes, and_data);
}

TEST_CASE("options that may be repeated leave the name that follows them alone") {
    const test::TemporaryFolder folder;
    const auto file = folder.write("my.toml", "[training]\niterations = 5\n").string();
    const auto result = mollify_program("inspect --set mollification.kind=none --set training.log_every=7 " +
                                        file + " --set model.hidden=8");
    CHECK(result.status == 0);
    CHECK(result.out.find("log_every = 7") != std::string::npos);
    CHECK(result.out.find("hidden = 8") != std::string::npos);
}

TEST_CASE("a seed that the configuration cannot hold is told by its option") {
    CHECK(mollify_program("train --preset quickstart --seed 9223372036854775808").err.find("--seed") !=
          std::string::npos);
    CHECK(mollify_program("study quickstart --seeds 1,9223372036854775808").err.find("--seeds") !=
          std::string::npos);
}

TEST_CASE("a folder that cannot be written to is told before training") {
    const test::TemporaryFolder folder;
    const auto file = folder.write("file", "");
    const auto result = mollify_program(small_run(file / "run"));
    CHECK(result.status == 1);
    CHECK(result.err.find("--out") != std::string::npos);
}

TEST_CASE("an own table trains by naming its path") {
    const test::TemporaryFolder folder;
    const auto run = folder.path() / "run";
    const auto result = mollify_program(small_table_run(folder.write("mine.csv", table_text(1)), run));
    CAPTURE(result.err);
    CHECK(result.status == 0);
    const auto summary = nlohmann::json::parse(test::content_of(run / "summary.json"));
    CHECK(summary["dataset"] == "mine");
    CHECK(mollify_program("sample " + run.string() + " --output " + (folder.path() / "a.png").string())
              .err.find("write a .npy file") != std::string::npos);
    CHECK(summary["test_log_likelihood_last"].is_number());
}

TEST_CASE("a run of one table is not taken for a run of another, finished or not") {
    const test::TemporaryFolder folder;
    const auto one = folder.write("one.csv", table_text(1)), other = folder.write("other.csv", table_text(2));
    const auto run = folder.path() / "run";
    REQUIRE(mollify_program(small_table_run(one, run)).status == 0);
    const auto config = test::content_of(run / "config.toml");
    const auto refused = mollify_program(small_table_run(other, run, "--resume"));
    CHECK(refused.status == 2);
    CHECK(refused.err.find("is of other data") != std::string::npos);
    fs::remove(run / "summary.json");  // as if it had been stopped
    CHECK(mollify_program(small_table_run(other, run, "--resume")).status == 2);
    CHECK(test::content_of(run / "config.toml") == config);

    const auto moved = folder.path() / "moved.csv";
    fs::rename(one, moved);
    CHECK(mollify_program(small_table_run(moved, run, "--resume")).status == 0);
    CHECK(mollify_program("evaluate " + run.string()).status == 0);  // knows where the table is now
    std::string two_columns = "a,b\n";
    for (int i = 0; i < 60; ++i)
        two_columns += std::to_string(i % 7) + "," + std::to_string(i * i % 11) + "\n";
    for (const auto& table : {other, folder.write("two.csv", two_columns)}) {
        const auto strange = mollify_program("evaluate " + run.string() + " --data " + table.string());
        CHECK(strange.status == 2);
        CHECK(strange.err.find("other data") != std::string::npos);
    }

    const auto moved_again = folder.path() / "moved-again.csv";
    fs::rename(moved, moved_again);
    CHECK(mollify_program(small_table_run(moved_again, run, "--resume")).status == 0);
    CHECK(mollify_program("evaluate " + run.string()).status == 0);
}

TEST_CASE("a run that was stopped before its first checkpoint goes on with the data that it is given") {
    const test::TemporaryFolder folder;
    const auto one = folder.write("one.csv", table_text(1)), other = folder.write("other.csv", table_text(2));
    const auto run = folder.path() / "run";
    REQUIRE(mollify_program(small_table_run(one, run)).status == 0);
    for (const auto* name : {"checkpoints", "metrics.jsonl", "summary.json"}) fs::remove_all(run / name);
    REQUIRE(mollify_program(small_table_run(other, run, "--resume")).status == 0);
    CHECK(test::content_of(run / "config.toml").find(other.string()) != std::string::npos);
    CHECK(mollify_program("evaluate " + run.string()).status == 0);
}

TEST_CASE("a run that was trained on a GPU is sampled and evaluated on a machine without one") {
    const test::TemporaryFolder folder;
    const auto run = folder.path() / "run";
    REQUIRE(mollify_program(small_run(run)).status == 0);
    auto config = test::content_of(run / "config.toml");
    const std::string device = "device = 'auto'";
    REQUIRE(config.find(device) != std::string::npos);
    config.replace(config.find(device), device.size(), "device = 'cuda'");
    folder.write("run/config.toml", config);
    const auto samples = folder.path() / "samples.npy";
    CHECK(mollify_program("sample " + run.string() + " --count 5 --output " + samples.string()).status == 0);
    CHECK(mollify_program("evaluate " + run.string() + " --device cpu").status == 0);
}

TEST_CASE("an option that cannot do anything is refused, and says so") {
    const test::TemporaryFolder folder;
    const auto out = (folder.path() / "out").string();
    const auto refused = [](const std::string& arguments, const std::string& reason) {
        CAPTURE(arguments);
        const auto result = mollify_program(arguments);
        CHECK(result.status == 2);
        CHECK(result.err.find(reason) != std::string::npos);
    };
    refused("study quickstart --set training.seed=7 --out " + out, "from --seeds");
    refused("study quickstart --arms none --out " + out, "at least two arms");
    refused("study quickstart --arms none,gausian --out " + out, "did you mean 'gaussian'?");
    refused("study quickstart --arm wide --out " + out, "NAME:section.key=value");
    refused("study quickstart --arms none,gaussian --arm deep:model.kind=glow,model.blocks=0 --out " + out,
            "arm deep: model: blocks must be at least 1");
    refused("study quickstart --arms none,gaussian --arm late:training.snapshots=[0,5000] --out " + out,
            "arm late: training.snapshots: there is no iteration 5000");
    CHECK_FALSE(fs::exists(out));
    refused("train --preset quickstart --data " + out + " --out " + out, "reads no data");
    test::write_jpeg_folder(folder.path() / "images", 12, 32, 32);
    refused("study own/images --set pipeline.batch_size=4 --data " + (folder.path() / "images").string() +
                " --out " + out,
            "no test part");
    refused("study quickstart --set training.snapshots=[0,5000] --out " + out, "no iteration 5000");
    refused("inspect --preset quickstart --montage x.gif", "must end in .png");
    const auto lost =
        mollify_program("inspect --preset quickstart --dot " + (folder.path() / "none/x.dot").string());
    CHECK(lost.status == 1);
    CHECK(lost.err.find("x.dot") != std::string::npos);
}

TEST_CASE("a study prints its table, leaves its files, and trains nothing twice") {
    const test::TemporaryFolder folder;
    const auto study = folder.path() / "study";
    const auto start = [&] {
        return mollify_program(
            "study --seeds 1,2 quickstart --threads 1 --set data.validation=50 --set data.test=100 "
            "--set training.iterations=20 --set evaluation.every_iterations=10 --set model.hidden=8 --set "
            "model.blocks=2 --out " +
            study.string());
    };
    const auto first = start();
    CAPTURE(first.err);
    REQUIRE(first.status == 0);
    CHECK(first.out.find("| last epoch") != std::string::npos);
    CHECK(first.out.find("4/4  mollified  seed 2") != std::string::npos);
    for (const auto* name : {"study.json", "table.md", "figure.png", "curves.png"}) {
        CAPTURE(name);
        CHECK(fs::file_size(study / name) > 0);
    }
    const auto table = test::content_of(study / "table.md");
    const auto trained = fs::last_write_time(newest_checkpoint(study / "mollified-seed2"));
    CHECK(start().status == 0);
    CHECK(fs::last_write_time(newest_checkpoint(study / "mollified-seed2")) == trained);
    CHECK(test::content_of(study / "table.md") == table);
}

TEST_CASE("a study compares any arms that it is told") {
    const test::TemporaryFolder folder;
    const auto study = folder.path() / "study";
    const auto result = mollify_program(
        "study quickstart --seeds 1 --arms none,gaussian --arm "
        "wide:model.hidden=9,mollification.fraction=0.3 "
        "--threads 1 --set data.validation=50 --set data.test=100 --set training.iterations=20 "
        "--set evaluation.every_iterations=10 --set model.hidden=8 --set model.blocks=2 --out " +
        study.string());
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    CHECK(result.out.find("3/3  wide      seed 1") != std::string::npos);
    const auto table = test::content_of(study / "table.md");
    CHECK(table.find("gaussian better in | wide better in |") != std::string::npos);
    for (const auto* name : {"vanilla-seed1", "gaussian-seed1", "wide-seed1", "figure.png", "curves.png"}) {
        CAPTURE(name);
        CHECK(fs::exists(study / name));
    }
}

TEST_CASE("inspect prints facts, graph and digest, and draws batches along the schedule") {
    const test::TemporaryFolder folder;
    const auto picture = folder.path() / "montage.png";
    const auto digest = [&](const std::string& more) {
        const auto result = mollify_program("inspect --preset synthetic/von-mises --digest 5 " + more);
        CHECK(result.status == 0);
        CHECK(result.out.find("digraph") != std::string::npos);
        const auto at = result.out.find("digest of the first 5 batches");
        REQUIRE(at != std::string::npos);
        return result.out.substr(at, 80);
    };
    const auto first = digest("--montage " + picture.string());
    CHECK(fs::file_size(picture) > 0);
    CHECK(first.substr(0, 48) == digest("--set threads.pipeline=2").substr(0, 48));
    CHECK(first.substr(0, 48) != digest("--seed 2").substr(0, 48));
}

namespace {

/// A Glow that is trained for two iterations and draws samples.
std::string small_glow(const fs::path& run, const std::string& more) {
    return "train --preset cifar10/glow-small --threads 1 --set training.iterations=2 --set "
           "pipeline.batch_size=4 "
           "--set model.hidden=4 --set model.depth=1 --out " +
           run.string() + " " + more;
}

}  // namespace

TEST_CASE("the montage follows the same samples along the schedule") {
    const test::TemporaryFolder folder;
    const auto images = folder.path() / "images", picture = folder.path() / "montage.png";
    test::write_jpeg_folder(images, 40, 32, 32);
    const auto montage = [&](const std::string& kind) {
        REQUIRE(mollify_program("inspect --preset own/images --set pipeline.batch_size=12 --data " +
                                images.string() + " --set mollification.kind=" + kind + " --montage " +
                                picture.string())
                    .status == 0);
        return test::decode_png_file(picture);
    };
    const auto clean = montage("none"), mollified = montage("gaussian");
    REQUIRE(clean.planes.size() == mollified.planes.size());
    /// Sum of absolute differences of two rows of images.
    const auto distance = [&](const test::DecodedPng& a, std::size_t row_a, const test::DecodedPng& b,
                              std::size_t row_b) {
        const std::size_t pitch = a.height / 9 * a.width;  // what is left below the last row are its borders
        long sum = 0;
        for (std::size_t channel = 0; channel < 3; ++channel) {
            for (std::size_t i = 0; i < pitch; ++i) {
                const std::size_t plane = channel * a.height * a.width;
                sum += std::abs(a.planes[plane + row_a * pitch + i] - b.planes[plane + row_b * pitch + i]);
            }
        }
        return sum;
    };
    CHECK(distance(clean, 0, clean, 8) == 0);      // nothing happens to them
    CHECK(distance(mollified, 8, clean, 8) == 0);  // clean at the end
    CHECK(distance(mollified, 0, clean, 0) > distance(mollified, 4, clean, 4));
    CHECK(distance(mollified, 4, clean, 4) > 0);
}

TEST_CASE("images train to bits per dimension and samples") {
    const test::TemporaryFolder folder;
    const auto run = folder.path() / "run";
    const auto result = mollify_program(
        small_glow(run,
                   "--set data.set=drawn --set data.train=50 --set data.test=10 --set data.dequantize=true "
                   "--data " +
                       (folder.path() / "drawn").string()));
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    CHECK(fs::file_size(run / "samples.png") > 0);
    const auto summary = nlohmann::json::parse(test::content_of(run / "summary.json"));
    CHECK(summary["bits_per_dimension"].is_number());
}

TEST_CASE("a folder of images is packed into one file, and trains from it to the same bits") {
    const test::TemporaryFolder folder;
    const auto images = folder.path() / "images", pack = folder.path() / "images.h5";
    test::write_jpeg_folder(images, 12, 40, 48);
    const auto packed = mollify_program("pack " + images.string() + " --output " + pack.string());
    CAPTURE(packed.err);
    REQUIRE(packed.status == 0);
    CHECK(packed.out.find("12 samples of 3x32x32") != std::string::npos);
    const auto from_files = folder.path() / "from-files", from_pack = folder.path() / "from-pack";
    REQUIRE(
        mollify_program(small_glow(from_files, "--set data.set=images --data " + images.string())).status ==
        0);
    REQUIRE(mollify_program(small_glow(from_pack, "--set data.set=pack --data " + pack.string())).status ==
            0);
    check_same_tensors(newest_checkpoint(from_files), newest_checkpoint(from_pack));
    const auto by_path = mollify_program("inspect --set pipeline.batch_size=4 --data " +
                                         pack.string());  // a pack is known as one
    CHECK(by_path.status == 0);
    CHECK(by_path.out.find("set = 'pack'") != std::string::npos);

    const auto unknown = mollify_program("pack cifar01 --output " + pack.string());
    CHECK(unknown.status == 2);
    CHECK(unknown.err.find("did you mean 'cifar10'?") != std::string::npos);
}

TEST_CASE("a picture that cannot be read is named with its path, sample and kind by every command") {
    const test::TemporaryFolder folder;
    const auto images = folder.path() / "images", pack = folder.path() / "images.h5";
    test::write_jpeg_folder(images, 5, 40, 48);
    fs::copy_file(MOLLIFY_SOURCE_DIR "/tests/golden/cases/I04-webp-named-jpg/image.jpg",
                  images / "000003a.jpg");
    const std::string data = " --set data.set=images --data " + images.string();
    for (const auto& arguments :
         {"pack " + images.string() + " --output " + pack.string(),
          "inspect --set pipeline.batch_size=6 --digest 1" + data, small_glow(folder.path() / "run", data)}) {
        CAPTURE(arguments);
        const auto result = mollify_program(arguments);
        CAPTURE(result.err);
        CHECK(result.status != 0);
        CHECK(result.err.find((images / "000003a.jpg").string()) != std::string::npos);
        CHECK(result.err.find("sample 3") != std::string::npos);
        CHECK(result.err.find("a WebP image, not a JPEG or PNG (convert it") != std::string::npos);
    }
    CHECK_FALSE(fs::exists(pack));
}

TEST_CASE("what was passed over, and what the decoder tolerates, is said by every command") {
    const test::TemporaryFolder folder;
    const auto images = folder.path() / "images", pack = folder.path() / "images.h5";
    test::write_jpeg_folder(images, 5, 40, 48);
    folder.write("images/a.webp", "x");
    for (const char* name : {"I10-extraneous", "I10-zeros-before-eoi"}) {
        fs::copy_file(MOLLIFY_SOURCE_DIR "/tests/golden/cases/" + std::string(name) + "/image.jpg",
                      images / (std::string(name) + ".jpg"));
    }
    const std::string data = " --set data.set=images --data " + images.string();
    for (const auto& arguments :
         {"pack " + images.string() + " --output " + pack.string(),
          "inspect --set pipeline.batch_size=7 --digest 1" + data,
          small_glow(folder.path() / "run", "--set pipeline.drop_last=false" + data)}) {
        CAPTURE(arguments);
        const auto result = mollify_program(arguments);
        CAPTURE(result.err);
        CHECK(result.status == 0);
        CHECK(result.err.find("images: read 7 (.jpg 7); passed over 1 (.webp 1)") != std::string::npos);
        CHECK(result.err.find("extraneous bytes before marker 0xd9; read all the same") != std::string::npos);
        CHECK(result.err.find("2 files were read although the decoder complained: " +
                              (images / "I10-extraneous.jpg").string()) != std::string::npos);
    }
    const auto strict = mollify_program("pack " + images.string() + " --strict --output " + pack.string());
    CHECK(strict.status != 0);
    CHECK(strict.err.find((images / "I10-").string()) != std::string::npos);
}

TEST_CASE("a real training lands where it must") {
    const test::TemporaryFolder folder;
    const auto run = folder.path() / "run";
    // Two Gaussians of deviation 1 at (0, ±4.5): no model can be better than minus the entropy, and a flow with this
    // budget is within a quarter of a nat of it; a single Gaussian with the data's covariance has about -3.8.
    const auto result = mollify_program(
        "train --preset synthetic/gaussian-mixture --threads 1 --set data.train=10000 --set "
        "training.iterations=2000 --set training.snapshots=[] --out " +
        run.string());
    REQUIRE(result.status == 0);
    const auto summary = nlohmann::json::parse(test::content_of(run / "summary.json"));
    const double entropy = std::log(2 * M_PI) + 1 + std::log(2.0);  // of well separated modes
    CHECK(summary["test_log_likelihood_last"].get<double>() > -entropy - 0.25);
    CHECK(summary["test_log_likelihood_last"].get<double>() < -entropy + 0.05);
}
