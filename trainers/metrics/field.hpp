#pragma once
/// \file A two-dimensional model as a function on the plane.

#include <span>
#include <vector>

#include <mollify/datasets/synthetic.hpp>
#include <mollify/trainers/models/model.hpp>

namespace mollify {

/// The model's log-density at each point, in nats; not finite where the model's is not. The model is left in
/// evaluation mode. Throws ConfigError unless samples have two features.
std::vector<double> log_densities(Model& model, std::span<const Point2> points);

/// The model's score at each point: the gradient of its log-density in x, by autograd. Otherwise as above.
std::vector<Point2> scores(Model& model, std::span<const Point2> points);

/// `count` samples of the model by `seed`, some perhaps not finite. Otherwise as above.
std::vector<Point2> draw_points(Model& model, std::size_t count, std::uint64_t seed);

}  // namespace mollify
