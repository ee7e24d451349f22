/// \file A run belongs to the data that it was trained, selected and tested on.

#include <fstream>

#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>

#include <mollify/datasets/synthetic.hpp>
#include <mollify/pipeline/recipe.hpp>
#include <mollify/tests/support/jpeg_folder.hpp>
#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/tests/trainers/program/program.hpp>
#include <mollify/trainers/program/data/known_dataset.hpp>
#include <mollify/trainers/program/run/data_identity.hpp>

using namespace mollify;
using namespace mollify::test;

namespace {

DatasetPtr some_data(std::size_t count = 5) {
    return std::make_shared<ArrayDataset>(synthesize(GaussianMixture(), {.count = count}));
}

/// Images in the parts train and test, that a tiny Glow is trained on for four iterations in their own order.
struct ImageRun {
    TemporaryFolder folder;
    fs::path images = folder.path() / "images", run = folder.path() / "run";

    ImageRun() {
        write_jpeg_folder(images / "train", 12, 32, 32);
        write_jpeg_folder(images / "test", 4, 40, 32);
    }
    std::string arguments(const std::string& more = "") const {
        return "train --preset own/images --threads 1 --set training.epochs=0 --set training.iterations=4 "
               "--set pipeline.batch_size=4 --set pipeline.shuffle=false --set model.hidden=4 --set "
               "model.depth=1 "
               "--data " +
               images.string() + " --out " + run.string() + " " + more;
    }
    nlohmann::json summary() const { return nlohmann::json::parse(content_of(run / "summary.json")); }
};

bool says(const Outcome& outcome, const std::string& text) {
    return outcome.err.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("each part of the data is compared, and what an older version did not keep is not") {
    const DataIdentity then{"v1 data=a batch_size=2 seed=1", "b", "c"};
    CHECK(data_problem(then, then).empty());
    auto now = then;
    now.validation = "other";
    CHECK(data_problem(then, now).find("validation data are other data") != std::string::npos);
    now = then;
    now.test = "none";
    CHECK(data_problem(then, now).find("test data are other data") != std::string::npos);
    CHECK(data_problem({then.signature, {}, {}}, now).empty());
    now = then;
    now.signature = "v1 data=other batch_size=2 seed=1";
    CHECK_FALSE(data_problem(then, now).empty());
    CHECK(only_data_differ(then, now));
    for (const auto* other : {"v2 data=a batch_size=2 seed=1", "v1 data=a batch_size=3 seed=1", "v1"}) {
        now.signature = other;
        CHECK_FALSE(only_data_differ(then, now));
    }
}

TEST_CASE("the signature has the data, the batch size, the shuffling, drop_last and the seed in it") {
    const PipelineOptions options{.batch_size = 2, .shuffle = true, .drop_last = true, .seed = 1};
    const auto of = [](PipelineOptions changed, const DatasetPtr& data = some_data()) {
        return signature(Recipe(data, changed));
    };
    const auto first = of(options);
    CHECK(first == of(options));
    CHECK(first != of(options, some_data(6)));
    auto changed = options;
    changed.batch_size = 3;
    CHECK(first != of(changed));
    changed = options;
    changed.shuffle = false;
    CHECK(first != of(changed));
    changed = options;
    changed.drop_last = false;
    CHECK(first != of(changed));
    changed = options;
    changed.seed = 2;
    CHECK(first != of(changed));
    changed = options;
    changed.threads = 3;
    changed.in_flight = 4;
    CHECK(first == of(changed));
}

TEST_CASE("a fingerprint is looked up once") {
    struct Counting : ArrayDataset {
        explicit Counting(ArrayDataset data) : ArrayDataset(std::move(data)) {}
        std::string fingerprint() const override {
            ++looks;
            return ArrayDataset::fingerprint();
        }
        mutable int looks = 0;
    };
    const auto counting = std::make_shared<Counting>(synthesize(GaussianMixture(), {.count = 5}));
    const KnownDataset known(counting);
    CHECK(known.fingerprint() == some_data()->fingerprint());
    CHECK(known.fingerprint() == some_data()->fingerprint());
    CHECK(counting->looks == 1);
    CHECK(known.name() == counting->name());
    CHECK(known.size() == 5);
}

TEST_CASE("a run is not resumed or evaluated with another test set, unless its user says so") {
    const ImageRun images;
    REQUIRE(mollify_program(images.arguments()).status == 0);
    CHECK(mollify_program("evaluate " + images.run.string()).status == 0);
    const auto summary = images.summary();
    CHECK(summary["validation_fingerprint"] == "none");
    CHECK(summary["test_fingerprint"].is_string());

    write_jpeg_folder(images.images / "test", 4, 32, 40);
    for (const auto& arguments : {images.arguments("--resume"), "evaluate " + images.run.string()}) {
        CAPTURE(arguments);
        const auto refused = mollify_program(arguments);
        CHECK(refused.status == 2);
        CHECK(says(refused, "its test data are other data"));
    }
    fs::remove(images.run / "summary.json");  // as if it had been stopped
    const auto refused = mollify_program(images.arguments("--resume"));
    CHECK(refused.status == 2);
    CHECK(says(refused, "--accept-data"));
    CHECK(mollify_program("evaluate " + images.run.string()).status == 2);
    CHECK(mollify_program(images.arguments("--accept-data")).status == 2);  // of a new run it means nothing

    const auto accepted = mollify_program(images.arguments("--resume --accept-data"));
    CHECK(accepted.status == 0);
    CHECK(says(accepted, "--accept-data"));
    const auto now = images.summary();
    REQUIRE(now["accepted_data"].size() == 1);
    CHECK(now["accepted_data"][0]["iteration"] == 4);
    CHECK(now["accepted_data"][0]["before"]["test"] == summary["test_fingerprint"]);
    CHECK(now["accepted_data"][0]["after"]["test"] == now["test_fingerprint"]);
    CHECK(now["test_log_likelihood_last"] != summary["test_log_likelihood_last"]);
    CHECK(content_of(images.run / "metrics.jsonl").find("\"kind\":\"data\"") != std::string::npos);
    CHECK(mollify_program("evaluate " + images.run.string()).status == 0);
}

TEST_CASE("a folder of a version that kept no such fingerprints is taken, with a word") {
    const TemporaryFolder folder;
    const auto run = folder.path() / "run";
    REQUIRE(mollify_program(small_run(run)).status == 0);
    auto summary = nlohmann::json::parse(content_of(run / "summary.json"));
    for (const auto* key : {"validation_fingerprint", "test_fingerprint", "accepted_data"})
        summary.erase(key);
    folder.write("run/summary.json", summary.dump());
    for (const auto& arguments : {small_run(run, "--resume"), "evaluate " + run.string()}) {
        const auto result = mollify_program(arguments);
        CHECK(result.status == 0);
        CHECK(says(result, "cannot be told"));
    }
}

TEST_CASE(
    "a bad sample in the middle of a run costs nothing: mended, the run ends with the bits of one without") {
    ImageRun images;
    REQUIRE(mollify_program(images.arguments()).status == 0);
    const auto whole = images.folder.path() / "whole";
    fs::rename(images.run, whole);

    const auto file = images.images / "train" / "000012.jpg";
    REQUIRE(fs::exists(file));
    const auto content = content_of(file);
    fs::resize_file(file, fs::file_size(file) / 2);
    const auto failed = mollify_program(images.arguments());
    CHECK(failed.status == 1);
    CHECK(says(failed, "000012.jpg"));
    CHECK(says(failed, "until iteration 2 of 4 is saved"));
    CHECK_FALSE(fs::exists(images.run / "summary.json"));

    std::ofstream(file, std::ios::binary) << content;
    const auto resumed = mollify_program(images.arguments("--resume --accept-data"));
    CAPTURE(resumed.err);
    CHECK(resumed.status == 0);
    CHECK(says(resumed, "going on at iteration 2 of 4"));
    check_same_tensors(newest_checkpoint(whole), newest_checkpoint(images.run));
    check_same_metrics(whole, images.run);
}
