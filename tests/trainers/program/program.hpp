#pragma once
/// \file The program as tests run it: small runs, and what must be equal of two of them.

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <mollify/tests/support/process.hpp>
#include <mollify/trainers/program/run/run_log.hpp>
#include <mollify/trainers/tensors/safetensors.hpp>

namespace mollify::test {

namespace fs = std::filesystem;

struct Outcome {
    int status;
    std::string out;
    std::string err;
};

inline std::vector<std::string> command(const std::string& arguments) {
    std::vector<std::string> words{MOLLIFY_PROGRAM};
    std::istringstream in(arguments);
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

inline Outcome mollify_program(const std::string& arguments) {
    Process process(command(arguments));
    const int status = process.wait();
    return {status, process.out(), process.err()};
}

/// A run of a second or less with everything in it: epochs, evaluations, mollification that ends.
inline std::string small_run(const fs::path& folder, const std::string& more = "") {
    return "train --preset quickstart --threads 1 --set data.train=200 --set data.validation=100 --set "
           "data.test=100 "
           "--set training.iterations=40 --set training.log_every=3 --set training.snapshots=[0,20] "
           "--set mollification.fraction=0.6 --set evaluation.every_iterations=7 --set model.hidden=8 --set "
           "model.blocks=2 --out " +
           folder.string() + " " + more;
}

inline fs::path newest_checkpoint(const fs::path& run) {
    fs::path newest;
    for (const auto& entry : fs::directory_iterator(run / "checkpoints")) {
        const auto name = entry.path().filename().string();
        if (name.starts_with("iteration-") && name.ends_with(".safetensors"))
            newest = std::max(newest, entry.path());
    }
    return newest;
}

inline void check_same_tensors(const fs::path& a, const fs::path& b) {
    const auto left = read_safetensors(a);
    const auto right = read_safetensors(b);
    REQUIRE(left.tensors.size() == right.tensors.size());
    for (std::size_t i = 0; i < left.tensors.size(); ++i) {
        CAPTURE(left.tensors[i].name);
        CHECK(left.tensors[i].name == right.tensors[i].name);
        CHECK(left.tensors[i].tensor.equal(right.tensors[i].tensor));
    }
}

/// All that does not depend on the time.
inline void check_same_metrics(const fs::path& a, const fs::path& b) {
    const auto left = read_metrics(a / "metrics.jsonl");
    const auto right = read_metrics(b / "metrics.jsonl");
    REQUIRE(left.steps.size() == right.steps.size());
    for (std::size_t i = 0; i < left.steps.size(); ++i) {
        CHECK(left.steps[i].iteration == right.steps[i].iteration);
        CHECK(left.steps[i].loss == right.steps[i].loss);
        CHECK(left.steps[i].noise_level == right.steps[i].noise_level);
    }
    REQUIRE(left.evaluations.size() == right.evaluations.size());
    for (std::size_t i = 0; i < left.evaluations.size(); ++i) {
        CHECK(left.evaluations[i].iteration == right.evaluations[i].iteration);
        CHECK(left.evaluations[i].test == right.evaluations[i].test);
        CHECK(left.evaluations[i].validation == right.evaluations[i].validation);
        CHECK(left.evaluations[i].best == right.evaluations[i].best);
    }
}

inline void check_same_run(const fs::path& a, const fs::path& b) {
    CHECK(newest_checkpoint(a).filename() == newest_checkpoint(b).filename());
    check_same_tensors(newest_checkpoint(a), newest_checkpoint(b));
    check_same_tensors(a / "checkpoints/best.safetensors", b / "checkpoints/best.safetensors");
    check_same_metrics(a, b);
}

/// A table of 60 rows and three columns; another `seed`, another table.
inline std::string table_text(int seed) {
    std::string csv = "a,b,c\n";
    for (int i = 0; i < 60; ++i) {
        csv += std::to_string((seed * i) % 7) + "," + std::to_string(i * i % 11) + "," +
               std::to_string(i % 5 + i % 3) + "\n";
    }
    return csv;
}

inline std::string small_table_run(const fs::path& table, const fs::path& run, const std::string& more = "") {
    return "train --data " + table.string() +
           " --set training.epochs=2 --set pipeline.batch_size=10 --set model.hidden=8 --out " +
           run.string() + " " + more;
}

}  // namespace mollify::test
