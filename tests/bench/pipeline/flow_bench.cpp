/// \file What the flow graph costs per batch: batches of one number, so that there is nothing else to pay for. Beside it,
/// the same steps in a plain loop (the floor), and in a chain of oneTBB's own function nodes with an order restored and
/// one token a batch (what a graph of one's own would cost).
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>

#include "ratio_reporter.hpp"
#include <mollify/datasets/array_dataset.hpp>
#include <mollify/datasets/sampler.hpp>
#include <mollify/pipeline/chain.hpp>

using namespace mollify;

namespace {

constexpr std::size_t kInFlight = 4;
constexpr Iteration kBatches = 20'000;

/// A stage that does nothing that could be left out.
void touch(Batch& batch) { batch.values()[0] += 1; }

std::shared_ptr<ArrayDataset> numbers() {
    return std::make_shared<ArrayDataset>("numbers", SampleShape::features(1),
                                          std::vector<float>(1000, 1.0f));
}

void pipeline(benchmark::State& state) {
    const auto data = numbers();
    const PipelineOptions options{
        .batch_size = 1, .in_flight = kInFlight, .threads = static_cast<std::size_t>(state.range(1))};
    double sum = 0;
    const auto run = [&](auto chain) {
        auto flow = chain | into([&](Batch& batch) { sum += batch.values()[0]; });
        for (auto _ : state) flow.run(kBatches);
    };
    const auto source = from(data, options);
    if (state.range(0) == 1) {
        run(source | touch);
    } else {
        run(source | touch | touch | touch | touch);
    }
    benchmark::DoNotOptimize(sum);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatches));
}

void plain_loop(benchmark::State& state) {
    const auto data = numbers();
    const Sampler sampler(data->size(), {.batch_size = 1});
    Batch batch({.capacity = 1, .shape = SampleShape::features(1)});
    std::vector<SampleId> ids;
    double sum = 0;
    for (auto _ : state) {
        for (Iteration t = 0; t < kBatches; ++t) {
            sampler.ids(t, ids);
            batch.admit(t, sampler.epoch(t), ids);
            data->read(batch);
            for (std::int64_t step = 0; step < state.range(0); ++step) touch(batch);
            sum += batch.values()[0];
        }
    }
    benchmark::DoNotOptimize(sum);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatches));
}

/// No slots, errors, statistics or position; a limiter bounds what is in flight.
void function_nodes(benchmark::State& state) {
    namespace flow = tbb::flow;
    const tbb::global_control threads(tbb::global_control::max_allowed_parallelism,
                                      static_cast<std::size_t>(state.range(1)));
    using Node = flow::function_node<Iteration, Iteration>;
    double sum = 0;
    for (auto _ : state) {
        flow::graph graph;
        Iteration next = 0;
        flow::input_node<Iteration> source(graph, [&](tbb::flow_control& control) {
            if (next == kBatches) control.stop();
            return next++;
        });
        flow::limiter_node<Iteration> limiter(graph, kInFlight);
        std::vector<std::unique_ptr<Node>> nodes;
        for (std::int64_t step = 0; step <= state.range(0); ++step) {  // one of them reads
            nodes.push_back(std::make_unique<Node>(graph, flow::unlimited, [](Iteration t) { return t; }));
        }
        flow::sequencer_node<Iteration> order(graph, [](Iteration t) { return static_cast<std::size_t>(t); });
        flow::function_node<Iteration, flow::continue_msg> consumer(graph, flow::serial, [&](Iteration t) {
            sum += static_cast<double>(t);
            return flow::continue_msg();
        });
        flow::make_edge(source, limiter);
        flow::make_edge(limiter, *nodes.front());
        for (std::size_t i = 1; i < nodes.size(); ++i) flow::make_edge(*nodes[i - 1], *nodes[i]);
        flow::make_edge(*nodes.back(), order);
        flow::make_edge(order, consumer);
        flow::make_edge(consumer, limiter.decrementer());
        source.activate();
        graph.wait_for_all();
    }
    benchmark::DoNotOptimize(sum);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatches));
}

}  // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    std::vector<bench::Ratio> ratios;
    for (const int threads : {1, 2}) {
        for (const int steps : {1, 4}) {
            const auto name = [&](const char* what) {
                return std::string(what) + ", " + std::to_string(steps) + " steps, " +
                       std::to_string(threads) + " threads";
            };
            const auto add = [&](const char* what, void (*run)(benchmark::State&)) {
                benchmark::RegisterBenchmark(name(what).c_str(), run)
                    ->Args({steps, threads})
                    ->UseRealTime()
                    ->Unit(benchmark::kMillisecond);
            };
            add("pipeline", pipeline);
            add("function nodes", function_nodes);
            if (threads == 1) add("plain loop", plain_loop);
            ratios.push_back({name("pipeline") + "/threads:1", name("function nodes") + "/threads:1"});
        }
    }
    bench::RatioReporter reporter(ratios);
    benchmark::RunSpecifiedBenchmarks(&reporter);
    return 0;
}
