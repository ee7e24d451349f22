#include <algorithm>
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

std::string batch_problem(const Model& model, const Recipe& recipe) {
    const auto samples = recipe.dataset->size();
    const auto batch_size = recipe.options.batch_size;
    const auto too_few = [&](std::size_t batch) {  // in one of the shards, which differ by a row at most
        const std::size_t least = batch / recipe.options.shard.count;
        const std::size_t rows = least == 0 ? std::min<std::size_t>(batch, 1) : least;
        return rows > 0 && rows < model.least_rows() ? rows : 0;
    };
    const auto words = [&](const std::string& which, std::size_t rows, const std::string& remedy) {
        return which + " has " + std::to_string(rows) + (rows == 1 ? " row" : " rows") + ", and the model '" +
               model.name() + "' needs at least " + std::to_string(model.least_rows()) +
               " to normalise by: " + remedy;
    };
    if (const auto rows = too_few(std::min(batch_size, samples)))
        return words("every batch", rows, "choose a larger batch_size (--set pipeline.batch_size=…)");
    if (const auto rows = recipe.options.drop_last ? 0 : too_few(samples % batch_size)) {
        return words("the last batch of an epoch", rows,
                     "leave it out (--set pipeline.drop_last=true) or choose another pipeline.batch_size");
    }
    return "";
}

Trainer::Trainer(Model& model, Optimizer& optimizer, const Placement& placement, std::uint64_t seed)
    : model_(model), optimizer_(optimizer), placement_(placement), seed_(seed) {}

void Trainer::resume(std::uint64_t skipped, std::uint64_t skipped_in_a_row) {
    initialised_ = true;
    skipped_ = skipped;
    skipped_in_a_row_ = skipped_in_a_row;
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
        skipped_in_a_row_ = 0;
    } else {
        step.skipped = true;
        ++skipped_;
        ++skipped_in_a_row_;
    }
    if (after_step) after_step(step);
}

}  // namespace mollify
