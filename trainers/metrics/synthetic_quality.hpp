#pragma once
/// \file How near a model of a synthetic distribution comes to the truth, which is known.

#include <functional>
#include <span>
#include <vector>

#include <mollify/datasets/synthetic.hpp>

namespace mollify {

using ScoreField = std::function<std::vector<Point2>(std::span<const Point2>)>;

struct MixtureQuality {
    double upper_mass = 0;      ///< part of the samples within 3 deviations of the mode at +m
    double lower_mass = 0;      ///< the same at -m
    double elsewhere_mass = 0;  ///< the rest
    double score_error = 0;     ///< mean |score - true score| where the true density is low
    double median_error = 0;    ///< median of the same, which a few extreme places do not move
};

/// Low is below 1 % of the true density's maximum, on a grid of 60 × 60 cells over the square with
/// the modes in the middle of two sides. Samples that are not finite count as elsewhere; scores that are not, make the mean infinite.
MixtureQuality mixture_quality(const GaussianMixture& truth, std::span<const Point2> samples,
                               const ScoreField& score);

/// The upper (or lower) mass of the truth itself, for modes so far apart that neither reaches into the other's
/// disc: (1 - exp(-3²/2))/2.
double true_mode_mass();

/// Mean |true score| over the points that the score error is a mean over, to compare that with.
double low_density_score_size(const GaussianMixture& truth);

struct CircleQuality {
    double angle_distance = 0;  ///< Kolmogorov-Smirnov distance of the samples' angles to the truth, 0…1
    double radius_error = 0;    ///< mean |r - 1|
};

/// Samples that are not finite make the radius error infinite, and have no angle.
CircleQuality circle_quality(const VonMisesCircle& truth, std::span<const Point2> samples);

}  // namespace mollify
