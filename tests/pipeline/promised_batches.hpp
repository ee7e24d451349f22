#pragma once
/// \file The three pipelines whose bytes are promised to depend on nothing but seed, data and iteration.

#include <filesystem>
#include <string>
#include <vector>

#include <mollify/pipeline/recipe.hpp>

namespace mollify::test {

inline const std::vector<std::string> kPromisedSources = {"cifar", "jpeg", "uci"};

/// CIFAR records (500), JPEG files (120 of 178×218, cropped and reduced to 64×64), or a UCI-sized table (1,599×11),
/// each normalized and mollified until iteration 150. Makes the data in `folder` where it is not there yet.
Recipe promised_recipe(const std::string& source, const std::filesystem::path& folder,
                       const PipelineOptions& options);

/// One digest per batch of iterations [begin, end): over iteration, epoch, ids, labels and every byte of the values.
std::vector<std::string> digests(const Recipe& recipe, Iteration begin, Iteration end);

}  // namespace mollify::test
