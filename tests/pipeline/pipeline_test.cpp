#include <atomic>
#include <chrono>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/pipeline/chain.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/kernel/philox.hpp>
#include <mollify/stages/mollifier.hpp>
#include <mollify/stages/normalize.hpp>
#include <mollify/tests/support/counting_dataset.hpp>

using namespace mollify;
using test::CountingDataset;

namespace {

auto counting(std::size_t size = 100, std::size_t features = 3) {
    return std::make_shared<CountingDataset>(size, features);
}

void pause(int microseconds) { std::this_thread::sleep_for(std::chrono::microseconds(microseconds)); }

}  // namespace

TEST_CASE(
    "batches arrive in the order of iterations with their epoch, ids and labels, whatever the threads and "
    "the ring") {
    for (std::size_t threads : {1, 2, 4}) {
        for (std::size_t in_flight : {1, 2, 8}) {
            CAPTURE(threads);
            CAPTURE(in_flight);
            const auto data = counting(100);
            const PipelineOptions options{
                .batch_size = 7, .seed = 3, .in_flight = in_flight, .threads = threads};
            const Sampler sampler(100, {.batch_size = 7, .seed = 3});
            Iteration expected = 0;
            auto uneven =
                named("uneven", [](Batch& batch) { pause(static_cast<int>(batch.iteration() % 3) * 100); });
            auto pipeline =
                from(data, options) | uneven | into([&](Batch& batch) {
                    std::vector<SampleId> ids;
                    sampler.ids(expected, ids);
                    REQUIRE(batch.iteration() == expected);
                    REQUIRE(batch.epoch() == expected / 14);
                    REQUIRE(std::equal(ids.begin(), ids.end(), batch.ids().begin(), batch.ids().end()));
                    for (std::size_t row = 0; row < batch.size(); ++row) {
                        REQUIRE(batch.labels()[row] == static_cast<Label>(ids[row] % 7));
                        REQUIRE(batch.values(row)[2] == static_cast<float>(1000 * ids[row] + 2));
                    }
                    ++expected;
                });
            pipeline.run(60);
            CHECK(expected == 60);
            const auto statistics = pipeline.statistics();
            CHECK(statistics.batches == 60);
            CHECK(statistics.samples == 420);
            CHECK(statistics.slots == in_flight);
            CHECK(statistics.peak_in_flight <= in_flight);
            for (const auto& node : statistics.nodes) CHECK(node.runs == 60);
        }
    }
}

TEST_CASE("a slow consumer fills the ring and no more") {
    for (std::size_t in_flight : {1, 3, 6}) {
        auto pipeline = from(counting(), {.batch_size = 5, .in_flight = in_flight, .threads = 2}) |
                        into([](Batch&) { pause(2000); });
        pipeline.run(40);
        CHECK(pipeline.statistics().peak_in_flight == in_flight);
    }
}

TEST_CASE("the consumer runs on the thread that called run") {
    const auto caller = std::this_thread::get_id();
    std::size_t here = 0;
    auto pipeline = from(counting(), {.batch_size = 5}) |
                    into([&](Batch&) { here += std::this_thread::get_id() == caller; });
    pipeline.run(20);
    CHECK(here == 20);
}

TEST_CASE("an error arrives once, in order, with stage, iteration, sample, origin and cause") {
    const auto data = counting(50);
    data->on_read = [](SampleId id) {
        if (id >= 23) throw std::runtime_error("the disk is on fire");
    };
    std::size_t consumed = 0;
    auto pipeline = from(data, {.batch_size = 5, .shuffle = false, .in_flight = 8, .threads = 2}) |
                    into([&](Batch&) { ++consumed; });
    try {
        pipeline.run(10);
        FAIL("no error");
    } catch (const StageError& error) {
        CHECK(error.stage() == "read");
        CHECK(error.iteration() == 4);
        CHECK(error.sample() == 23);
        CHECK(error.origin() == "counting:23");
        CHECK(std::string(error.what()) ==
              "stage 'read', iteration 4, sample 23 (counting:23): the disk is on fire");
        CHECK_THROWS_WITH_AS(std::rethrow_if_nested(error), "the disk is on fire", std::runtime_error);
    }
    CHECK(consumed == 4);
    data->on_read = nullptr;
    pipeline.run(10);  // the pipeline is usable again
    CHECK(consumed == 14);
}

TEST_CASE("of several rows that fail the smallest is told, not the first in time") {
    struct Failing {
        std::atomic<bool>& large_failed;
        void operator()(Batch& batch) const { (*this)(batch, serial_rows); }
        void operator()(Batch& batch, const RowLoop& rows) const {
            rows(batch.size(), [&](std::size_t row) {
                if (row != 3 && row != 60) return;
                // Another thread has row 60; where it has not come by then, the order in time is the other one.
                for (int i = 0; row == 3 && i < 2000 && !large_failed; ++i) pause(1000);
                if (row == 60) large_failed = true;
                throw Error("row " + std::to_string(row));
            });
        }
    };
    std::atomic<bool> large_failed = false;
    auto pipeline = from(counting(), {.batch_size = 64, .shuffle = false, .in_flight = 1, .threads = 4}) |
                    named("rows", Failing{large_failed}) | into([](Batch&) {});
    CHECK_THROWS_WITH_AS(pipeline.run(1), "stage 'rows', iteration 0, sample 3 (counting:3): row 3",
                         StageError);
}

TEST_CASE("no step runs on a batch that has failed") {
    for (std::size_t in_flight : {1, 4}) {
        const auto data = counting(50);
        data->on_read = [](SampleId id) {
            if (id == 23) throw std::runtime_error("lost");
        };
        std::atomic<std::size_t> on_failed = 0, on_others = 0;
        auto pipeline =
            from(data, {.batch_size = 5, .shuffle = false, .in_flight = in_flight, .threads = 2}) |
            named("look", [&](Batch& batch) { ++(batch.iteration() == 4 ? on_failed : on_others); }) |
            into([](Batch&) {});
        CHECK_THROWS_AS(pipeline.run(10), StageError);
        CHECK(on_failed == 0);
        CHECK(on_others >= 4);
    }
}

TEST_CASE("an error in a step names the step") {
    auto failing = named("explode", [](Batch& batch) {
        if (batch.iteration() == 3) throw Error("boom");
    });
    auto pipeline = from(counting(), {.batch_size = 5}) | failing | into([](Batch&) {});
    CHECK_THROWS_WITH_AS(pipeline.run(10), "stage 'explode', iteration 3: boom", StageError);
}

TEST_CASE("what the consumer throws arrives as it is, and the graph has ended") {
    for (std::size_t in_flight : {1, 2, 8}) {
        auto pipeline = from(counting(), {.batch_size = 5, .in_flight = in_flight}) | into([](Batch& batch) {
                            if (batch.iteration() == 5) throw std::out_of_range("enough");
                        });
        CHECK_THROWS_WITH_AS(pipeline.run(1000), "enough", std::out_of_range);
        CHECK(pipeline.statistics().batches == 6);
    }
}

TEST_CASE("stop ends the run after the batch in hand, from the consumer and from another thread") {
    Pipeline* running = nullptr;
    std::size_t consumed = 0;
    auto pipeline = from(counting(), {.batch_size = 5}) | into([&](Batch& batch) {
                        ++consumed;
                        if (batch.iteration() == 9) running->stop();
                    });
    running = &pipeline;
    pipeline.run(1'000'000);
    CHECK(consumed == 10);
    CHECK(pipeline.position().iteration == 10);

    std::atomic<bool> started = false;
    auto endless = from(counting(), {.batch_size = 5}) | into([&](Batch&) { started = true; });
    std::thread other([&] {
        while (!started) pause(100);
        endless.stop();
    });
    endless.run(kAddressLimit);
    other.join();
    CHECK(endless.position().iteration < kAddressLimit);
}

TEST_CASE("a loop over batches may be left early, never begun, or begun twice") {
    const auto chain = from(counting(), {.batch_size = 5, .in_flight = 2});
    Iteration seen = 0;
    for (Batch& batch : chain.batches(3, 1000)) {
        CHECK(batch.iteration() == 3 + seen);
        if (++seen == 4) break;
    }
    CHECK(seen == 4);
    { const auto never = chain.batches(0, 10); }
    auto twice = chain.batches(0, 10);
    std::size_t count = 0;
    for (int pass = 0; pass < 2; ++pass) {
        for (Batch& batch : twice) count += batch.size() / 5;
    }
    CHECK(count == 20);
    for (Batch& batch : chain.batches(7, 7)) FAIL("an empty range has no batch " << batch.iteration());
}

TEST_CASE("a shard without rows gets empty batches and keeps its step count") {
    std::size_t batches = 0, rows = 0;
    auto pipeline =
        from(counting(10), {.batch_size = 2, .shard = {.index = 2, .count = 3}}) | into([&](Batch& batch) {
            ++batches;
            rows += batch.size();
        });
    pipeline.run(10);
    CHECK(batches == 10);
    CHECK(rows == 0);
}

TEST_CASE("a batch larger than the set is refused with drop_last and holds the whole set without") {
    auto refused = from(counting(10), {.batch_size = 64}) | into([](Batch&) {});
    CHECK_THROWS_AS(refused.run(1), ConfigError);
    std::size_t rows = 0;
    auto whole = from(counting(10), {.batch_size = 64, .drop_last = false}) |
                 into([&](Batch& batch) { rows += batch.size(); });
    whole.run(3);
    CHECK(rows == 30);
}

TEST_CASE("every mistake in a chain is told at once, before anything runs") {
    struct Picky {
        void operator()(Batch&) const {}
        Format output(const Format&) const { throw ConfigError("does not like this"); }
    };
    auto pipeline = from(counting(10), {.batch_size = 0, .shard = {.index = 3, .count = 2}}) |
                    named("picky", Picky{}) | into([](Batch&) { FAIL("ran"); });
    try {
        pipeline.run(1);
        FAIL("no error");
    } catch (const ConfigError& error) {
        CHECK(error.problems().size() == 3);
        CHECK(error.problems().front() == "picky: does not like this");
    }
    auto nothing = from(nullptr) | into([](Batch&) {});
    CHECK_THROWS_AS(nothing.run(1), ConfigError);
    auto backwards = from(counting()) | into([](Batch&) {});
    CHECK_THROWS_AS(backwards.run(5, 4), ConfigError);
}

TEST_CASE("two pipelines run in one process at the same time, also one inside the other's consumer") {
    std::size_t outer = 0, inner = 0;
    auto outside = from(counting(), {.batch_size = 5, .threads = 2}) | into([&](Batch& batch) {
                       ++outer;
                       if (batch.iteration() % 10 != 0) return;
                       auto inside = from(counting(30), {.batch_size = 3}) | into([&](Batch&) { ++inner; });
                       inside.run(10);
                   });
    std::size_t beside = 0;
    std::thread thread([&] {
        auto other = from(counting(), {.batch_size = 5, .in_flight = 1, .threads = 1}) |
                     into([&](Batch&) { ++beside; });
        other.run(50);
    });
    outside.run(50);
    thread.join();
    CHECK(outer == 50);
    CHECK(inner == 50);
    CHECK(beside == 50);
}

TEST_CASE("a position resumes only the pipeline that it belongs to") {
    std::vector<Iteration> seen;
    auto pipeline = from(counting(), {.batch_size = 5, .seed = 1}) |
                    into([&](Batch& batch) { seen.push_back(batch.iteration()); });
    pipeline.run(4);
    const Position position = pipeline.position();
    pipeline.resume(position, 6);
    CHECK(seen == std::vector<Iteration>{0, 1, 2, 3, 4, 5});
    auto other = from(counting(), {.batch_size = 5, .seed = 2}) | into([](Batch&) {});
    CHECK_THROWS_AS(other.resume(position, 6), ConfigError);
    auto elsewhere =
        from(counting(), {.batch_size = 5, .seed = 1, .in_flight = 1, .threads = 1}) | into([](Batch&) {});
    elsewhere.resume(position, 6);  // threads and ring are not part of the promise
}

TEST_CASE("serial steps run one batch at a time, limited ones no more than their limit") {
    for (std::size_t limit : {1, 2}) {
        std::atomic<int> inside = 0, most = 0;
        auto watched = named("watched", Concurrency::at_most(limit), [&](Batch&) {
            const int now = ++inside;
            if (now > most) most = now;
            pause(300);
            --inside;
        });
        auto pipeline =
            from(counting(), {.batch_size = 5, .in_flight = 8, .threads = 4}) | watched | into([](Batch&) {});
        pipeline.run(60);
        CHECK(most <= static_cast<int>(limit));
    }
}

TEST_CASE("a limited step gets as many batches at once as its limit lets in") {
    std::atomic<int> inside = 0;
    auto meet = named("meet", Concurrency::at_most(2), [&](Batch&) {
        ++inside;
        while (inside < 2) std::this_thread::yield();  // for the other one
    });
    auto pipeline =
        from(counting(), {.batch_size = 5, .in_flight = 4, .threads = 2}) | meet | into([](Batch&) {});
    pipeline.run(2);
    CHECK(inside == 2);
}

TEST_CASE("a serial step whose rows are shared out is used for no more than all of the time") {
    struct Rows {
        void operator()(Batch& batch, const RowLoop& rows = serial_rows) const {
            rows(batch.size(), [](std::size_t) { pause(200); });
        }
    };
    auto pipeline = from(counting(), {.batch_size = 64, .threads = 4}) |
                    named("rows", Concurrency::serial(), Rows{}) | into([](Batch&) {});
    pipeline.run(10);
    const auto statistics = pipeline.statistics();
    const auto& rows = statistics.nodes.at(1);
    CHECK(rows.name == "rows");
    CHECK(rows.utilization > 0.2);
    CHECK(rows.utilization <= 1);
    CHECK(rows.busy_seconds >= 10 * 64 * 200e-6);
}

TEST_CASE("a wish to stop that comes before a run ends it before its first batch, and no later one") {
    std::size_t consumed = 0;
    auto pipeline = from(counting(), {.batch_size = 5}) | into([&](Batch&) { ++consumed; });
    pipeline.stop();
    pipeline.run(10);
    CHECK(consumed == 0);
    pipeline.run(10);
    CHECK(consumed == 10);
}

TEST_CASE("the limiting node is the one that is busy for the largest part of the time") {
    auto slow_step = from(counting(), {.batch_size = 5, .threads = 2}) |
                     named("slow", [](Batch&) { pause(1000); }) | into("train", [](Batch&) {});
    slow_step.run(50);
    CHECK(slow_step.statistics().limiting_node() == "slow");
    auto slow_consumer = from(counting(), {.batch_size = 5, .threads = 2}) | named("quick", [](Batch&) {}) |
                         into("train", [](Batch&) { pause(1000); });
    slow_consumer.run(50);
    CHECK(slow_consumer.statistics().limiting_node() == "train");
}

TEST_CASE("the limiting node is found by the part of the time, not by seconds that threads add up to") {
    Statistics statistics;
    statistics.threads = 8;
    statistics.wall_seconds = 1;
    const NodeStatistics wide{
        .name = "wide", .concurrency = 8, .pooled = true, .busy_seconds = 2, .utilization = 0.25};
    const NodeStatistics serial{
        .name = "serial", .concurrency = 1, .pooled = true, .busy_seconds = 0.9, .utilization = 0.9};
    const NodeStatistics consumer{
        .name = "consumer", .concurrency = 1, .busy_seconds = 0.5, .utilization = 0.5};
    statistics.nodes = {wide, serial, consumer};
    CHECK(statistics.limiting_node() == "serial");
    statistics.nodes = {wide, consumer};
    CHECK(statistics.limiting_node() == "consumer");
    // Helped by others with its rows: more seconds than the busier one, and less of the time.
    const NodeStatistics helped{
        .name = "helped", .concurrency = 1, .pooled = true, .busy_seconds = 3, .utilization = 0.5};
    statistics.nodes = {serial, helped};
    CHECK(statistics.limiting_node() == "serial");
    statistics.nodes = {wide, consumer};
    statistics.threads = 2;  // the pool is full
    CHECK(statistics.limiting_node() == "wide");
}

TEST_CASE("the signature changes with each option that decides the batches, and with no other") {
    const auto of = [](const PipelineOptions& options, std::size_t size = 100) {
        return signature(Recipe(counting(size), options));
    };
    const PipelineOptions usual{.batch_size = 10, .seed = 3};
    const auto before = of(usual);
    CHECK(of({.batch_size = 11, .seed = 3}) != before);
    CHECK(of({.batch_size = 10, .shuffle = !usual.shuffle, .seed = 3}) != before);
    CHECK(of({.batch_size = 10, .drop_last = !usual.drop_last, .seed = 3}) != before);
    CHECK(of({.batch_size = 10, .seed = 4}) != before);
    CHECK(of(usual, 101) != before);
    CHECK(of({.batch_size = 10, .seed = 3, .in_flight = 5, .threads = 3}) == before);
}

TEST_CASE("a pipeline draws its graph with names and concurrency") {
    auto pipeline = from(counting(), {.batch_size = 5, .in_flight = 3, .threads = 2}) |
                    named("count \"rows\"", Concurrency::serial(), [](Batch&) {}) |
                    into("train", [](Batch&) {});
    const auto dot = pipeline.to_dot();
    CHECK(dot.find("digraph pipeline {") == 0);
    CHECK(dot.find("ring of 3") != std::string::npos);
    CHECK(dot.find("label=\"read counting\\nup to 2 at once\"") != std::string::npos);
    CHECK(dot.find("label=\"count \\\"rows\\\"\\nserial\"") != std::string::npos);
    CHECK(dot.find("slots -> admit -> read -> step0 -> order -> consume;") != std::string::npos);
    CHECK(dot.find("bad sample") == std::string::npos);
    const auto defaults = from(counting(), {.threads = 3, .bad_samples = {.policy = BadSamplePolicy::skip}}) |
                          into([](Batch&) {});
    CHECK(defaults.to_dot().find("ring of 8") != std::string::npos);
    CHECK(defaults.to_dot().find("up to 3 at once") != std::string::npos);
    CHECK(defaults.to_dot().find("bad sample") != std::string::npos);
}

TEST_CASE("a step that was given a name keeps it and its concurrency instead of fusing with the next") {
    const auto normalize = Normalize::affine({2}, {1});
    const auto mollifier = Mollifier::gaussian(Schedule({}), 1);
    const auto named_step = from(counting()) | named("mine", Concurrency::serial(), normalize) | mollifier;
    REQUIRE(named_step.recipe().steps.size() == 2);
    CHECK(named_step.recipe().steps[0].name == "mine");
    CHECK(named_step.recipe().steps[0].concurrency.limit == 1);
    CHECK(named_step.recipe().steps[1].name == "mollify");
    const auto plain = from(counting()) | normalize | mollifier;
    REQUIRE(plain.recipe().steps.size() == 1);
    CHECK(plain.recipe().steps[0].name == "normalize+mollify");
}

TEST_CASE("a mistake in a stage that fuses with the next is told once") {
    const auto chain =
        from(counting(100, 3)) | Normalize::affine({1, 1}, {0, 0}) | Mollifier::gaussian(Schedule({}), 1);
    REQUIRE(chain.recipe().problems.size() == 1);
    CHECK(chain.recipe().problems[0].starts_with("normalize+mollify: normalize has 2 scales"));
}

TEST_CASE("a stage that changes the shape of decoded samples is refused before anything runs") {
    struct FirstFeature {
        void operator()(Batch&) const {}
        Format output(const Format& input) const { return {input.content, SampleShape::features(1)}; }
    };
    auto pipeline = from(counting(100, 3), {.batch_size = 5}) | named("first", FirstFeature{}) |
                    into([](Batch&) { FAIL("ran"); });
    CHECK_THROWS_WITH_AS(
        pipeline.run(1),
        "first: changes the shape from 3 to 1, which a slot cannot hold: let the data set deliver "
        "that shape",
        ConfigError);
}

TEST_CASE("the position is the iteration after the one in hand, and after an error the one that failed") {
    std::vector<Iteration> consumed;
    bool fails = true;
    Pipeline* running = nullptr;
    auto pipeline = from(counting(), {.batch_size = 5}) | into([&](Batch& batch) {
                        REQUIRE(running->position().iteration == batch.iteration() + 1);
                        if (batch.iteration() == 5 && fails) throw std::out_of_range("enough");
                        consumed.push_back(batch.iteration());
                    });
    running = &pipeline;
    CHECK_THROWS_AS(pipeline.run(2, 1000), std::out_of_range);
    CHECK(pipeline.position().iteration == 5);
    CHECK(pipeline.statistics().nodes.back().runs == pipeline.statistics().batches);
    fails = false;
    pipeline.resume(pipeline.position(), 8);
    CHECK(consumed == std::vector<Iteration>{2, 3, 4, 5, 6, 7});

    auto failing = named("explode", [](Batch& batch) {
        if (batch.iteration() == 3) throw Error("boom");
    });
    auto broken = from(counting(), {.batch_size = 5}) | failing | into([](Batch&) {});
    CHECK_THROWS_AS(broken.run(10), StageError);
    CHECK(broken.position().iteration == 3);
}

TEST_CASE("batches that the consumer never got are not counted") {
    for (std::size_t in_flight : {1, 2, 8}) {
        CAPTURE(in_flight);
        Pipeline* running = nullptr;
        auto pipeline = from(counting(), {.batch_size = 5, .in_flight = in_flight}) | into([&](Batch& batch) {
                            if (batch.iteration() == 3) running->stop();
                        });
        running = &pipeline;
        pipeline.run(1000);
        const auto statistics = pipeline.statistics();
        CHECK(statistics.batches == 4);
        CHECK(statistics.samples == 20);
        CHECK(statistics.nodes.back().runs == 4);
    }
}

TEST_CASE("an error that a step caught from its rows is forgotten, and its row not blamed for another") {
    struct Retrying {
        Iteration fails_at;
        void operator()(Batch& batch) const { (*this)(batch, serial_rows); }
        void operator()(Batch& batch, const RowLoop& rows) const {
            try {
                rows(batch.size(), [](std::size_t row) {
                    if (row == 2) throw Error("the first try");
                });
                FAIL("no error");
            } catch (const Error&) {
                if (batch.iteration() == fails_at) throw Error("gave up");
            }
            rows(batch.size(), [](std::size_t) {});
        }
    };
    std::size_t consumed = 0;
    auto pipeline =
        from(counting(), {.batch_size = 5}) | named("retry", Retrying{6}) | into([&](Batch&) { ++consumed; });
    try {
        pipeline.run(10);
        FAIL("no error");
    } catch (const StageError& error) {
        CHECK(error.iteration() == 6);
        CHECK_FALSE(error.sample().has_value());
        CHECK(std::string(error.what()) == "stage 'retry', iteration 6: gave up");
    }
    CHECK(consumed == 6);
}
