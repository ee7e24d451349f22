#pragma once
/// \file Densities, samples and scores in the plane as layers of a chart, and the figure that compares two
/// trainings by them.

#include <span>
#include <string>
#include <vector>

#include <mollify/trainers/figures/chart.hpp>

namespace mollify {

/// How many of the points lie in each cell; those outside, or not finite, in none.
HeatMap histogram(const Grid& grid, std::span<const Point2> points);

/// The mean of finer × finer values per cell, for functions with detail below the size of a cell.
/// \param values at the centres of `fine`, which has `finer` times the columns and rows of the result
HeatMap averaged(const Grid& fine, std::span<const double> values, std::size_t finer);

/// Arrows whose lengths stay within a cell and still compare: `longest`·|v|/(|v| + half) for a vector v, so
/// that a vector of length `half` gets half of `longest`. Directions are kept.
Arrows bounded_arrows(std::span<const Point2> at, std::span<const Point2> vectors, double longest,
                      double half);

/// What a training looks like at one of its iterations.
struct Moment {
    std::string title;
    HeatMap data;   ///< histogram of the training data as the model sees them then
    Arrows scores;  ///< gradient of the model's log-density
};

/// A row of the figure: one training.
struct PlaneRow {
    std::string title;     ///< of the first panel
    HeatMap density = {};  ///< of the trained model
    std::vector<Moment> moments = {};
};

/// The column at the left: what is true.
struct PlaneTarget {
    std::string density_title = "target density";
    Layer density;
    std::string scores_title = "true scores";
    HeatMap data;
    Arrows scores;
};

struct PlaneComparison {
    Point2 lower;  ///< corners of the window that every panel shows
    Point2 upper;
    PlaneTarget target;
    std::vector<PlaneRow> rows;  ///< at least two, with the same number of moments
    double density_high = 1;     ///< the density of the darkest colour
};

/// A row per training: target density, then the first training's density and moments; true scores, then the second's;
/// further rows begin as these two do, in turn. The form of the figure in Tran et al., NeurIPS 2023. Throws ConfigError
/// for fewer than two rows, or rows of different numbers of moments.
Figure plane_figure(const PlaneComparison& comparison);

}  // namespace mollify
