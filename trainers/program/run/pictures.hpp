#pragma once
/// \file Pictures and files of what a model draws, and of what it is trained on.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <mollify/stages/shape.hpp>
#include <mollify/trainers/figures/curves.hpp>
#include <mollify/trainers/models/model.hpp>
#include <mollify/trainers/program/run/run_folder.hpp>
#include <mollify/trainers/program/run/setup.hpp>

namespace mollify {

/// Rows of numbers as the model sees them.
struct Samples {
    std::vector<float> values;   ///< N×C×H×W or N×D
    std::size_t non_finite = 0;  ///< rows with a number that is not finite: a flow's inverse can overflow
};

/// `count` samples, the same for the same seed and threads.
Samples draw_samples(Model& model, std::uint64_t count, std::uint64_t seed);

/// Throws ConfigError where save_samples() would: for endings other than .png and .npy, and a .png of a table.
void require_sample_file(const std::filesystem::path& path, const SampleShape& shape);

/// By the ending of the name: .png, a grid of images or points in the plane; .npy, bytes for images, numbers as
/// the model sees them for the rest.
void save_samples(const std::filesystem::path& path, const Samples& samples, const SampleShape& shape);

/// Values as the model sees them, N×C×H×W of images in [-1, 1], as bytes.
std::vector<std::uint8_t> pixels(std::span<const float> values, const SampleShape& shape);

/// The curves of a run, without label.
History history(const Metrics& metrics);

/// Calls `work`; an Error that it throws is said as a warning that `what` is not drawn.
void try_to_draw(const std::string& what, const std::function<void()>& work);

/// curves.png and samples.png of a finished run, as far as its data can be drawn. A picture that fails is
/// said, and no error.
void draw_pictures(const RunFolder& run);

/// The first batch of a training at nine times along its schedule. Images in rows, one per time; points in the
/// plane in panels. Throws ConfigError for tables of more than two columns.
void draw_schedule(const Setup& setup, const std::filesystem::path& path);

}  // namespace mollify
