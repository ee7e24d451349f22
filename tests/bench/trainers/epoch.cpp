// What training costs without its data path: one epoch of a table flow on 1,296 rows of 11 features in batches of 100
// (red wine's size), and one step of an image Glow. On one thread; eager.py does the same in eager PyTorch.
#include <ATen/ATen.h>
#include <benchmark/benchmark.h>

#include <mollify/trainers/models/image_glow.hpp>
#include <mollify/trainers/models/kinds.hpp>
#include <mollify/trainers/models/networks/initialization.hpp>
#include <mollify/trainers/optimizers/make_optimizer.hpp>
#include <mollify/trainers/process/allocator.hpp>
#include <mollify/trainers/process/threads.hpp>

using namespace mollify;

namespace {

void prepare() {
    cap_math_threads(1);
    keep_freed_memory();
}

void step(Model& model, Optimizer& optimizer, const at::Tensor& batch) {
    optimizer.zero_grad();
    model.loss(batch).backward();
    optimizer.step();
}

void table_epoch(benchmark::State& state, const char* kind) {
    prepare();
    const auto model = make_model({.kind = kind}, SampleShape::features(11), 1);
    const auto optimizer = make_optimizer({.kind = "adam", .weight_decay = 1e-6}, model->parameters());
    const auto rows = at::empty({1296, 11}).normal_(0, 1, make_generator(1));
    for (auto _ : state) {
        for (const auto& batch : rows.split(100)) step(*model, *optimizer, batch);
    }
}
BENCHMARK_CAPTURE(table_epoch, maf, "maf")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(table_epoch, realnvp, "realnvp")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(table_epoch, glow, "glow")->Unit(benchmark::kMillisecond);

void optimizer_step(benchmark::State& state, const char* kind) {
    prepare();
    const auto model = make_model({.kind = "maf"}, SampleShape::features(11), 1);
    const auto optimizer = make_optimizer({.kind = kind, .weight_decay = 1e-6}, model->parameters());
    model->loss(at::empty({100, 11}).normal_(0, 1, make_generator(1))).backward();
    for (auto _ : state) optimizer->step();
    state.SetItemsProcessed(state.iterations() * model->parameter_count());
}
BENCHMARK_CAPTURE(optimizer_step, adam, "adam")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(optimizer_step, adamax, "adamax")->Unit(benchmark::kMillisecond);

/// \param state range 0: steps of flow per level
void image_step(benchmark::State& state) {
    prepare();
    const auto model = image_glow().make({.levels = 3, .depth = state.range(0)}, {3, 32, 32}, 1);
    const auto optimizer = make_optimizer({.kind = "adamax", .weight_decay = 1e-5}, model->parameters());
    const auto batch = at::empty({16, 3, 32, 32}).normal_(0, 1, make_generator(1));
    model->initialise(batch);
    for (auto _ : state) step(*model, *optimizer, batch);
}
BENCHMARK(image_step)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
