#pragma once
/// \file Pictures of a study: all its curves, and what its models draw.

#include <filesystem>
#include <vector>

#include <mollify/trainers/program/study/study.hpp>

namespace mollify {

/// curves.png; for synthetic sets figure.png; for images samples.png, vanilla at the left, mollified at the
/// right, both of the first seed. A picture that fails is said, and no error. \returns those that are there
std::vector<std::filesystem::path> draw_study(const Study& study);

}  // namespace mollify
