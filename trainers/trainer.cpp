#include <cmath>
#include <mutex>

#include <ATen/ATen.h>

#include <mollify/stages/kernel/philox.hpp>
#include <mollify/trainers/trainer.hpp>

namespace mollify {
namespace {

void seed_generators(at::Device device, std::uint64_t seed, Iteration iteration) {
    // Neighbouring iterations must not get related streams, so the seed is a hash of the pair.
    const auto words = philox4x32(philox_counter(Stream::generators, iteration, 0, 0), philox_key(seed));
    at::Generator generator = at::globalContext().defaultGenerator(device);
    const std::lock_guard lock(generator.mutex());
    generator.set_current_seed(std::uint64_t{words[0]} << 32 | words[1]);
}

}  // namespace

Trainer::Trainer(Model& model, Optimizer& optimizer, const Placement& placement, std::uint64_t seed)
    : model_(model), optimizer_(optimizer), placement_(placement), seed_(seed) {}

void Trainer::resume(std::uint64_t skipped) {
    initialised_ = true;
    skipped_ = skipped;
}

void Trainer::operator()(Batch& batch) {
    if (batch.size() == 0) {  // all of its samples are bad: nothing to learn from
        ++skipped_;
        if (after_step) after_step({.iteration = batch.iteration(), .epoch = batch.epoch(), .skipped = true});
        return;
    }
    const auto x = placement_(batch);
    seed_generators(placement_.device(), seed_, batch.iteration());
    if (!initialised_) {
        model_.initialise(x);
        initialised_ = true;
    }
    model_.train();
    optimizer_.zero_grad();
    const auto loss = model_.loss(x);
    TrainingStep step{batch.iteration(), batch.epoch(), batch.size(), loss.item<double>(), false};
    if (std::isfinite(step.loss)) {
        loss.backward();
        optimizer_.step();
    } else {
        step.skipped = true;
        ++skipped_;
    }
    if (after_step) after_step(step);
}

}  // namespace mollify
