#pragma once
/// \file How likely a model finds data that it was not trained on.

#include <cstdint>
#include <functional>

#include <mollify/pipeline/recipe.hpp>
#include <mollify/trainers/models/model.hpp>
#include <mollify/trainers/placement.hpp>

namespace mollify {

struct Likelihood {
    double mean = 0;               ///< nats per sample; not finite where a sample's is not
    std::uint64_t samples = 0;     ///< that were looked at
    std::uint64_t non_finite = 0;  ///< samples whose log-likelihood is not finite
    bool complete = true;          ///< false: `stop` said so before the last batch
};

struct EvaluationOptions {
    /// Samples to look at, rounded up to whole batches; 0: all. They are chosen at random from the whole set, the
    /// same ones in every evaluation of a set of this size: many sets list one class after the other.
    std::uint64_t limit = 0;
    std::function<bool()> stop = nullptr;  ///< asked before each batch
};

/// Mean log-likelihood over the first epoch of `recipe`, which should neither shuffle, drop, nor mollify. Puts
/// the model in evaluation mode and leaves it there; its statistics must have been re-estimated. Sums in double.
Likelihood evaluate(Model& model, const Recipe& recipe, const Placement& placement,
                    const EvaluationOptions& options = {});

/// All samples of the first epoch of `recipe` as one tensor on the placement's device, for
/// Model::reestimate().
at::Tensor gather(const Recipe& recipe, const Placement& placement);

/// Bits per dimension of D = C·H·W grey levels that were dequantized by noise of one grey level:
/// -log p/(D ln 2) - log2(scale), where `scale` is a grey level's width as the model sees it (1/256 for
/// [0, 1), 1/128 for [-1, 1)). Without dequantization it is no code length, and should not be told.
double bits_per_dimension(double log_likelihood, const SampleShape& shape, double scale);

}  // namespace mollify
