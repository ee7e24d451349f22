#include <doctest/doctest.h>

#include <mollify/stages/error.hpp>
#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/trainers/program/run/run_log.hpp>
#include <mollify/trainers/program/run/run_state.hpp>
#include <mollify/trainers/program/run/summary.hpp>

using namespace mollify;

TEST_CASE("metrics come back as they were written, a missing value as missing") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "metrics.jsonl";
    StepMetrics step{10, 0.5, 0.1 + 0.2, 0.25, 1, 1234.5, 0.001, 2.5};
    EvaluationMetrics evaluation{20, 1.0, -11.45, std::nullopt, 2, true, 3.5};
    {
        MetricsLog log(path, 0);
        log.write(step);
        step.loss.reset();
        log.write(step);
        log.write(evaluation);
    }
    const auto metrics = read_metrics(path);
    REQUIRE(metrics.steps.size() == 2);
    REQUIRE(metrics.evaluations.size() == 1);
    CHECK(metrics.steps[0].loss == 0.1 + 0.2);
    CHECK_FALSE(metrics.steps[1].loss);
    CHECK(metrics.steps[0].samples_per_second == 1234.5);
    CHECK(metrics.evaluations[0].test == -11.45);
    CHECK_FALSE(metrics.evaluations[0].validation);
    CHECK(metrics.evaluations[0].best);
}

TEST_CASE("a log that goes on is cut to what the checkpoint knows of") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "metrics.jsonl";
    std::uint64_t known = 0;
    {
        MetricsLog log(path, 0);
        log.write(StepMetrics{.iteration = 1});
        known = log.sync();
        log.write(StepMetrics{.iteration = 2});
    }
    { MetricsLog(path, known).write(StepMetrics{.iteration = 3}); }
    const auto metrics = read_metrics(path);
    REQUIRE(metrics.steps.size() == 2);
    CHECK(metrics.steps[1].iteration == 3);
}

TEST_CASE("a log that is shorter than the checkpoint says, or torn, goes on after its last whole line") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "metrics.jsonl";
    const auto line = [](std::uint64_t iteration) {
        return nlohmann::json(StepMetrics{.iteration = iteration}).dump() + "\n";
    };
    const auto two = line(1) + line(2);
    const auto one = line(1).size();
    for (const auto length : {std::size_t{0}, one / 2, one - 1, one, one + 1, two.size() - 1, two.size()}) {
        CAPTURE(length);
        folder.write("metrics.jsonl", two.substr(0, length));
        { MetricsLog(path, two.size()).write(StepMetrics{.iteration = 3}); }
        const auto whole = length == two.size() ? two : length >= line(1).size() ? line(1) : "";
        CHECK(test::content_of(path) == whole + line(3));
    }
    folder.write("metrics.jsonl", two);  // a checkpoint that counted into the middle of a line
    { MetricsLog(path, two.size() - 5).write(StepMetrics{.iteration = 3}); }
    CHECK(test::content_of(path) == line(1) + line(3));
}

TEST_CASE("a last line that was cut short is passed over, a damaged one before it is told") {
    const test::TemporaryFolder folder;
    const std::string line = nlohmann::json(StepMetrics{.iteration = 1}).dump();
    CHECK(read_metrics(folder.write("a", line + "\n" + line.substr(0, 20))).steps.size() == 1);
    CHECK_THROWS_WITH_AS(read_metrics(folder.write("b", line.substr(0, 20) + "\n" + line + "\n")),
                         doctest::Contains("line 1"), DataError);
}

TEST_CASE("the state between sessions comes back to the bit") {
    RunState state;
    state.shape = {3, 32, 16};
    state.seconds = 1.0 / 3;
    state.loss_sum = -1e-300;
    state.validation_best = -0.1;
    state.samples = std::uint64_t{1} << 60;
    state.limiting_stage = "read";
    const auto again = run_state(to_text(state));
    CHECK(again.shape == state.shape);
    CHECK(again.seconds == state.seconds);
    CHECK(again.loss_sum == state.loss_sum);
    CHECK(again.validation_best == state.validation_best);
    CHECK_FALSE(again.test_best);
    CHECK(again.samples == state.samples);
    CHECK(again.limiting_stage == "read");
    CHECK_THROWS_AS(run_state("{}"), Error);
}

TEST_CASE("a summary has the keys that others read it by, and comes back") {
    Summary summary;
    summary.dataset = "uci/redwine";
    summary.test_log_likelihood_last = -11.5;
    summary.versions = {{"mollify", "0"}};
    const nlohmann::json json = summary;
    for (const auto* key : {"dataset", "model", "mollifier", "seed", "parameters", "test_log_likelihood_last",
                            "test_log_likelihood_best", "wall_seconds", "samples_per_second",
                            "data_wait_fraction", "limiting_stage", "threads", "versions"}) {
        CAPTURE(key);
        CHECK(json.contains(key));
    }
    CHECK(json["test_log_likelihood_best"].is_null());
    CHECK(nlohmann::json(json.get<Summary>()) == json);
}
