/// One batch of 128 CIFAR images, normalized and mollified: our pass on every instruction set and number type, with
/// one and two threads (each on batches of its own), beside LibTorch's alpha*x + sigma*randn_like(x), and beside
/// the least that any pass must do: moving the batch through memory. The rate is elements (normals) per second.
#include <cstring>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "ratio_reporter.hpp"
#include <mollify/stages/gaussian.hpp>
#ifdef MOLLIFY_BENCH_LIBTORCH
#include "libtorch_line.hpp"
#endif

using namespace mollify;

namespace {

constexpr std::size_t kRows = 128, kChannels = 3, kPlane = 32 * 32, kElements = kChannels * kPlane;

void count(benchmark::State& state) {
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kRows * kElements));
}

template <class In>
void pass(benchmark::State& state, InstructionSet set, double level) {
    const std::vector<In> in(kRows * kElements, In{100});
    std::vector<float> out(in.size());
    const std::vector<float> scale(kChannels, 2 / 255.0f), shift(kChannels, -1.0f);
    const AffineView affine{scale, shift, kPlane};
    const Mix mix = Mix::at_level(level);
    Iteration iteration = 0;
    for (auto _ : state) {
        for (std::size_t row = 0; row < kRows; ++row) {
            mollify_sample(std::span(in).subspan(row * kElements, kElements),
                           std::span(out).subspan(row * kElements, kElements), affine, mix,
                           {7, iteration, row}, set);
        }
        ++iteration;
        benchmark::ClobberMemory();
    }
    count(state);
}

void copy(benchmark::State& state) {
    const std::vector<float> in(kRows * kElements, 1.0f);
    std::vector<float> out(in.size());
    for (auto _ : state) {
        std::memcpy(out.data(), in.data(), out.size() * sizeof(float));
        benchmark::ClobberMemory();
    }
    count(state);
}

std::string with_threads(const std::string& name, int threads) {
    return name + "/threads:" + std::to_string(threads);
}

}  // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    std::vector<bench::Ratio> ratios;
    const auto repeated = [](benchmark::internal::Benchmark* run) {
        return run->UseRealTime()->MinTime(0.1)->Repetitions(5)->ReportAggregatesOnly();
    };
    for (const InstructionSet set : supported_instruction_sets()) {
        const std::string name = to_string(set);
        for (const int threads : {1, 2}) {
            repeated(benchmark::RegisterBenchmark(("bytes " + name).c_str(), pass<std::uint8_t>, set, 0.36))
                ->Threads(threads);
            repeated(benchmark::RegisterBenchmark(("floats " + name).c_str(), pass<float>, set, 0.36))
                ->Threads(threads);
            ratios.push_back({with_threads("bytes " + name, threads),
                              threads == 1 ? "libtorch/threads:1" : "libtorch, 2 threads/threads:1"});
        }
        ratios.push_back({with_threads("bytes " + name, 2), with_threads("bytes " + name, 1)});
    }
    const InstructionSet best = supported_instruction_sets().back();
    const std::string fastest = with_threads(std::string("bytes ") + to_string(best), 1);
    repeated(benchmark::RegisterBenchmark("bytes, clean", pass<std::uint8_t>, best, 0.0));
    repeated(benchmark::RegisterBenchmark("copy", copy));
    ratios.push_back({fastest, with_threads("bytes, clean", 1)});
    ratios.push_back({fastest, with_threads("copy", 1)});
#ifdef MOLLIFY_BENCH_LIBTORCH
    for (const int threads : {1, 2}) {
        // One caller, whose operators spread over the threads: how LibTorch users call it.
        repeated(benchmark::RegisterBenchmark(
            threads == 1 ? "libtorch" : "libtorch, 2 threads", [threads](benchmark::State& state) {
                const auto line = bench::libtorch_line(kRows, kChannels, kPlane, threads);
                for (auto _ : state) line();
                count(state);
            }));
    }
#endif
    bench::RatioReporter reporter(ratios);
    benchmark::RunSpecifiedBenchmarks(&reporter);
    return 0;
}
