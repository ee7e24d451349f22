#pragma once
/// \file Images that need no download: simple shapes, drawn by arithmetic, in CIFAR-10's format.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <mollify/datasets/images/cifar.hpp>

namespace mollify {

/// disc, square, triangle, ring, cross, stripes, checker, gradient, star, waves: classes 0 to 9.
const std::vector<std::string>& drawn_class_names();

/// Draws image `id` into 3·32·32 bytes (C×H×W) and returns its class. A shape with random colours, place,
/// size and turn on a background with a slight gradient, edges antialiased. A pure function of (seed, id):
/// additions, products, quotients and square roots alone, so that the bytes are the same on every machine
/// with IEEE 754 arithmetic. Classes are equally frequent on average and independent of the id.
Label draw_image(std::uint64_t seed, SampleId id,
                 std::span<std::uint8_t, CifarLayout::kShape.elements()> image);

struct DrawnOptions {
    std::size_t train = 50'000;  ///< images 0 … train-1, over five files; at least 5
    std::size_t test = 10'000;   ///< images train … train+test-1; at least 1
    std::uint64_t seed = 0;
};

/// Makes sure that `folder` holds the drawn images in CIFAR-10's binary layout: draws and writes them unless
/// they are there. The folder appears whole or not at all, also when several processes do this at once. About
/// 2 s and 184 MB for the default. Read them with Cifar::cifar10 (other than default counts: official_size =
/// false). Throws ConfigError for counts that are too small, DataError where `folder` holds something else or
/// cannot be written.
void ensure_drawn_cifar10(const std::filesystem::path& folder, const DrawnOptions& options = {});

}  // namespace mollify
