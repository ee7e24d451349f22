#pragma once
/// \file Optimizers by name.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <mollify/trainers/optimizers/optimizer.hpp>

namespace mollify {

/// The kinds that make_optimizer() knows.
const std::vector<std::string>& optimizer_kinds();

/// Everything that is wrong with `options`, in words; empty where nothing is.
std::vector<std::string> problems(const OptimizerOptions& options);

/// An optimizer of these parameters, which it holds by handle. Throws ConfigError with all problems().
std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options,
                                          std::span<const NamedTensor> parameters);

}  // namespace mollify
