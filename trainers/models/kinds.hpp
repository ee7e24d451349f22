#pragma once
/// \file The table of the kinds of model, and models by name.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <mollify/stages/shape.hpp>
#include <mollify/trainers/models/kind.hpp>
#include <mollify/trainers/models/model.hpp>
#include <mollify/trainers/models/model_options.hpp>

namespace mollify {

/// All kinds, in the order in which they are listed to people.
const std::vector<const ModelKind*>& model_kinds();
std::vector<std::string> model_kind_names();
/// Null where there is none of that name.
const ModelKind* find_model_kind(const std::string& name);

/// Drops the values of keys that the kind does not have, or has with another type.
void keep_own_values(ModelOptions& options);

/// What to tell of a key that `kind` does not have: whose it is, or the nearest name, and the keys that there are.
std::string unknown_key(const ModelKind& kind, const std::string& key);

/// Everything that is wrong with `options` whatever the samples are, in words; empty where nothing is.
std::vector<std::string> problems(const ModelOptions& options);
/// Why a model of such options cannot take samples of `shape`; options with problems() are looked at as far as
/// possible.
std::vector<std::string> shape_problems(const ModelOptions& options, const SampleShape& shape);

/// A new model on the CPU in float32, in training mode, its parameters drawn by `seed`. Throws ConfigError
/// with all problems() and shape_problems().
std::unique_ptr<Model> make_model(const ModelOptions& options, const SampleShape& shape, std::uint64_t seed);

}  // namespace mollify
