#include <algorithm>
#include <fstream>

#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <mollify/stages/error.hpp>
#include <mollify/stages/schedule.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/tests/trainers/figures/picture.hpp>
#include <mollify/trainers/program/config/config_text.hpp>
#include <mollify/trainers/program/run/run_folder.hpp>
#include <mollify/trainers/program/study/study.hpp>
#include <mollify/trainers/program/study/study_pictures.hpp>
#include <mollify/trainers/program/study/synthetic_study.hpp>

using namespace mollify;

namespace {

namespace fs = std::filesystem;

/// Trains for a fraction of a second per run.
StudyOptions small_study(const fs::path& folder, const std::string& set, std::vector<std::uint64_t> seeds) {
    Config config;
    config.preset = "small";
    config.data.set = set;
    config.data.train = 200;
    config.data.validation = 50;
    config.data.test = 100;
    config.model = {"realnvp", {{"hidden", 8}, {"blocks", 2}}};
    config.training.iterations = 40;
    config.evaluation.every_iterations = 10;
    config.threads.total = 1;
    return {config, std::move(seeds), folder};
}

Study run_quietly(const StudyOptions& options) {
    return run_study(options, [](const StudyRun&, std::size_t) {});
}

/// A study of two seeds whose summaries hold these test likelihoods.
Study study_of(std::vector<std::optional<double>> vanilla, std::vector<std::optional<double>> mollified) {
    Study study{{.config = {}, .seeds = {}, .folder = {}}, {}};
    study.options.seeds.clear();
    for (std::size_t i = 0; i < vanilla.size(); ++i) {
        study.options.seeds.push_back(i + 1);
        for (const std::string arm : {"vanilla", "mollified"}) {
            Summary summary;
            summary.test_log_likelihood_last = arm == "vanilla" ? vanilla[i] : mollified[i];
            study.runs.push_back({arm, i + 1, {}, summary});
        }
    }
    return study;
}

}  // namespace

TEST_CASE("a study is a run per arm and seed that differ in nothing else") {
    const test::TemporaryFolder folder;
    const auto options = small_study(folder.path(), "synthetic/gaussian-mixture", {3, 5});
    std::vector<std::size_t> done;
    const auto study = run_study(options, [&](const StudyRun&, std::size_t count) { done.push_back(count); });
    CHECK(done == std::vector<std::size_t>{1, 2, 3, 4});
    for (const auto seed : options.seeds) {
        const auto vanilla = RunFolder::open(folder.path() / ("vanilla-seed" + std::to_string(seed)));
        const auto mollified = RunFolder::open(folder.path() / ("mollified-seed" + std::to_string(seed)));
        CHECK(differences(vanilla.config(), mollified.config()).size() == 1);
        CHECK(vanilla.config().mollification.kind == "none");
        CHECK(mollified.config().training.seed == seed);
        CHECK(vanilla.config().training.snapshots == std::vector<std::uint64_t>{0, 4, 40});
        CHECK(study.run("mollified", seed).summary.test_log_likelihood_last ==
              mollified.summary()->test_log_likelihood_last);
        for (const auto& step : vanilla.metrics().steps) CHECK(step.noise_level == 0);
        const StepMetrics first = mollified.metrics().steps.front();
        const Schedule schedule({.duration = 24});  // 60 % of 40 iterations
        CHECK(first.noise_level == doctest::Approx(schedule.level(first.iteration - 1, 0)));
    }
}

TEST_CASE("a study that is started again trains only what is not finished, and finds the same") {
    const test::TemporaryFolder folder;
    auto options = small_study(folder.path(), "synthetic/von-mises", {1});
    const auto first = run_quietly(options);
    const auto finished = folder.path() / "vanilla-seed1" / "checkpoints";
    const auto before = fs::last_write_time(finished);
    fs::remove_all(folder.path() / "mollified-seed1");

    options.seeds = {1, 2};
    const auto second = run_quietly(options);
    CHECK(fs::last_write_time(finished) == before);
    CHECK(second.run("mollified", 1).summary.test_log_likelihood_last ==
          first.run("mollified", 1).summary.test_log_likelihood_last);
    CHECK(second.runs.size() == 4);
}

TEST_CASE("a folder with a study of another configuration is refused by the key") {
    const test::TemporaryFolder folder;
    auto options = small_study(folder.path(), "synthetic/gaussian-mixture", {1});
    run_quietly(options);
    options.config.model.values["hidden"] = 9;
    const auto message = test::message_of<ConfigError>([&] { run_quietly(options); });
    CHECK(message.find("model.hidden") != std::string::npos);
}

TEST_CASE("a study without mollification, without seeds or with one twice is refused, all at once") {
    StudyOptions options;
    options.config.mollification.kind = "none";
    options.seeds = {};
    CHECK(problems(options).size() == 2);
    options.seeds = {1, 2, 1};
    CHECK(problems(options).size() == 2);
    CHECK_THROWS_AS(run_quietly(options), ConfigError);
    options.config.mollification.kind = "gaussian";
    options.seeds = {1, 2};
    CHECK(problems(options).empty());
}

TEST_CASE("the verdict is told in either direction") {
    const auto ahead = verdict(likelihoods(study_of({-3, -4}, {-1, -4.5})));
    CHECK(ahead ==
          "At the last epoch, mollification is 0.750 nats ahead on average; it is ahead in 1 and behind in 1 "
          "of 2 "
          "seeds.\n");
    const auto behind = verdict(likelihoods(study_of({-1, -1}, {-3, -2})));
    CHECK(behind.find("1.500 nats behind") != std::string::npos);
    CHECK(behind.find("behind in 2 of 2") != std::string::npos);
    const auto broken = verdict(likelihoods(study_of({std::nullopt, -1}, {-3, std::nullopt})));
    CHECK(broken.find("no seed has a finite likelihood in both") != std::string::npos);
}

TEST_CASE("the best epoch is compared only where validation data chose it") {
    auto study = study_of({-3}, {-2});
    CHECK(likelihoods(study).size() == 1);
    study.runs[0].summary.validation_log_likelihood_best = -2.5;
    study.runs[0].summary.test_log_likelihood_best = -2.6;
    const auto quantities = likelihoods(study);
    REQUIRE(quantities.size() == 2);
    CHECK(quantities[1].arms[0].values[0] == -2.6);
}

TEST_CASE("studies of the synthetic sets measure the distance to the truth and draw the figure") {
    for (const std::string set : {"synthetic/gaussian-mixture", "synthetic/von-mises"}) {
        CAPTURE(set);
        const test::TemporaryFolder folder;
        const auto study = run_quietly(small_study(folder.path(), set, {1}));
        const auto distances = distances_to_truth(study);
        CHECK(distances.size() == (set.ends_with("mises") ? 2 : 6));
        for (const auto& distance : distances) {
            CHECK(distance.truth);
            REQUIRE(distance.arms.size() == 2);
            for (const auto& arm : distance.arms) CHECK(arm.values.at(0).has_value());
        }
        const auto pictures = draw_study(study);
        REQUIRE(pictures.size() == 2);
        for (const auto& picture : pictures) CHECK(test::decode_png_file(picture).ink() > 0.01);
        write_study(study, distances, "the table\n");
        const auto json = nlohmann::json::parse(std::ifstream(folder.path() / "study.json"));
        CHECK(json["runs"].size() == 2);
        CHECK(json["quantities"].size() == distances.size());
    }
}

TEST_CASE("masses of a study's mixture add up to one") {
    const test::TemporaryFolder folder;
    const auto distances =
        distances_to_truth(run_quietly(small_study(folder.path(), "synthetic/gaussian-mixture", {1})));
    double truth = 0;
    double vanilla = 0;
    for (const auto& quantity : distances) {
        if (!quantity.name.starts_with("mass")) continue;
        truth += *quantity.truth;
        vanilla += *quantity.arms[0].values[0];
    }
    CHECK(truth == doctest::Approx(1));
    CHECK(vanilla == doctest::Approx(1));
}

TEST_CASE("a study of three arms trains each, with names, folders and figures of its own") {
    const test::TemporaryFolder folder;
    auto options = small_study(folder.path(), "synthetic/gaussian-mixture", {1});
    options.arms = {arm_of_kind("none"), arm_of_kind("gaussian"),
                    parse_arm("short:mollification.fraction=0.2,training.snapshots=[0, 4, 40]")};
    const auto study = run_quietly(options);
    REQUIRE(study.runs.size() == 3);
    CHECK(study.run("short", 1).folder == folder.path() / "short-seed1");
    CHECK(RunFolder::open(folder.path() / "vanilla-seed1").config().mollification.kind == "none");
    CHECK(RunFolder::open(folder.path() / "gaussian-seed1").config().mollification.fraction == 0.6);
    CHECK(RunFolder::open(folder.path() / "short-seed1").config().mollification.fraction == 0.2);
    const auto text = verdict(likelihoods(study));
    CHECK(text.find("gaussian is ") != std::string::npos);
    CHECK(text.find(" of vanilla on average") + text.find("behind vanilla on average") != std::string::npos);
    CHECK(text.find("short is ") != std::string::npos);
    const auto distances = distances_to_truth(study);
    for (const auto& distance : distances) CHECK(distance.arms.at(2).name == "short");
    CHECK(synthetic_figure(study).panels.size() == 3 * synthetic_figure(study).columns);
    CHECK(draw_study(study).size() == 2);
    write_study(study, distances, "the table\n");
    const auto json = nlohmann::json::parse(std::ifstream(folder.path() / "study.json"));
    CHECK(json["runs"][2]["arm"] == "short");
    CHECK(json["arms"][2]["settings"][0] == "mollification.fraction=0.2");
}
