#pragma once
/// \file Models by name.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <mollify/stages/shape.hpp>
#include <mollify/trainers/models/model.hpp>

namespace mollify {

struct ModelOptions {
    std::string kind = "maf";   ///< maf, realnvp (tables) or glow (tables and images)
    std::int64_t hidden = 512;  ///< width of the inner networks: units, or channels for images; at least 1
    std::int64_t blocks = 5;    ///< tables: number of blocks, at least 1
    std::int64_t levels =
        3;  ///< images: number of scales, at least 1; height and width divisible by 2^levels
    std::int64_t steps = 20;  ///< images: steps of flow per level, at least 1
};

/// The kinds that make_model() knows.
const std::vector<std::string>& model_kinds();

/// Everything that is wrong with `options` whatever the samples are, in words; empty where nothing is.
std::vector<std::string> problems(const ModelOptions& options);
/// Why a model of such options cannot take samples of `shape`; options with problems() are looked at as far as
/// possible.
std::vector<std::string> shape_problems(const ModelOptions& options, const SampleShape& shape);

/// A new model on the CPU in float32, in training mode, its parameters drawn by `seed`. Throws ConfigError
/// with all problems() and shape_problems().
std::unique_ptr<Model> make_model(const ModelOptions& options, const SampleShape& shape, std::uint64_t seed);

}  // namespace mollify
