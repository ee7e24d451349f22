#pragma once
/// \file The end of a training pipeline: one optimization step per batch.

#include <cstdint>
#include <functional>
#include <limits>
#include <string>

#include <mollify/pipeline/recipe.hpp>
#include <mollify/stages/batch.hpp>
#include <mollify/trainers/models/model.hpp>
#include <mollify/trainers/optimizers/optimizer.hpp>
#include <mollify/trainers/placement.hpp>

namespace mollify {

/// What one batch did.
struct TrainingStep {
    Iteration iteration = 0;  ///< of the batch
    Epoch epoch = 0;
    std::size_t samples = 0;
    double loss = std::numeric_limits<double>::quiet_NaN();  ///< mean negative log-likelihood in nats
    bool skipped = false;  ///< the loss was not finite, or the batch empty: neither backward nor step
};

/// Why `model` cannot train on the batches of `recipe`, or empty: a batch, such as the last one of an epoch, may have
/// fewer rows than Model::least_rows().
std::string batch_problem(const Model& model, const Recipe& recipe);

/// A consumer for Pipeline: `from(data) | … | into("train", trainer)`. Refers to all it is given.
///
/// The first batch initialises the model, unless the model comes from a checkpoint. A loss that is not finite
/// skips the step and is counted; iteration and schedule go on. LibTorch's generators are seeded with (seed,
/// iteration) before each step, so that a model with random numbers of its own can be resumed exactly.
/// All tensor work happens on the thread that runs the pipeline. On a GPU reading the loss waits once per step
/// for the forward pass, which is what it takes to know whether to skip the rest.
class Trainer {
  public:
    Trainer(Model& model, Optimizer& optimizer, const Placement& placement, std::uint64_t seed);

    void operator()(Batch& batch);

    /// Called after each step, on the same thread; the batch is still there. May throw: ends the run.
    std::function<void(const TrainingStep&)> after_step;

    /// Iterations whose loss was not finite.
    std::uint64_t skipped() const { return skipped_; }
    /// How many of these came one after the other, up to the last iteration; 0 after a finite loss. A model whose
    /// parameters are no longer finite skips every further step: stop where this grows.
    std::uint64_t skipped_in_a_row() const { return skipped_in_a_row_; }
    /// The model goes on from saved weights: do not initialise it. The counts go on from what they were.
    void resume(std::uint64_t skipped, std::uint64_t skipped_in_a_row = 0);

  private:
    Model& model_;
    Optimizer& optimizer_;
    Placement placement_;
    std::uint64_t seed_;
    bool initialised_ = false;
    std::uint64_t skipped_ = 0;
    std::uint64_t skipped_in_a_row_ = 0;
};

}  // namespace mollify
