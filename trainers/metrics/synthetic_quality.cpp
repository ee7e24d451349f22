#include <algorithm>
#include <cmath>

#include <mollify/trainers/metrics/synthetic_quality.hpp>

namespace mollify {
namespace {

constexpr double kRadius = 3;  // deviations around a mode
constexpr double kLow = 0.01;  // of the maximal density
constexpr int kCells = 60;

double length(const Point2& vector) { return std::hypot(vector[0], vector[1]); }

/// Middles of the grid's cells in which the true density is low.
std::vector<Point2> low_density_points(const GaussianMixture& truth) {
    const double end = truth.mode();
    const double cell = 2 * end / kCells;
    const double limit = truth.log_density({0, truth.mode()}) + std::log(kLow);
    std::vector<Point2> points;
    for (int row = 0; row < kCells; ++row) {
        for (int column = 0; column < kCells; ++column) {
            const Point2 point{(column + 0.5) * cell - end, (row + 0.5) * cell - end};
            if (truth.log_density(point) < limit) points.push_back(point);
        }
    }
    return points;
}

}  // namespace

MixtureQuality mixture_quality(const GaussianMixture& truth, std::span<const Point2> samples,
                               const ScoreField& score) {
    MixtureQuality quality;
    const double radius = kRadius * truth.deviation();
    const double share = 1 / static_cast<double>(samples.size());
    for (const auto& [x, y] : samples) {
        if (std::hypot(x, y - truth.mode()) <= radius) {
            quality.upper_mass += share;
        } else if (std::hypot(x, y + truth.mode()) <= radius) {
            quality.lower_mass += share;
        } else {
            quality.elsewhere_mass += share;
        }
    }
    const auto points = low_density_points(truth);
    if (points.empty()) return quality;  // modes in one place
    const auto estimated = score(points);
    std::vector<double> errors;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto expected = truth.score(points[i]);
        const double error = length({estimated[i][0] - expected[0], estimated[i][1] - expected[1]});
        errors.push_back(std::isfinite(error) ? error : HUGE_VAL);
        quality.score_error += errors.back() / static_cast<double>(points.size());
    }
    const auto middle = errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2);
    std::nth_element(errors.begin(), middle, errors.end());
    quality.median_error = *middle;
    return quality;
}

double true_mode_mass() { return (1 - std::exp(-kRadius * kRadius / 2)) / 2; }

double low_density_score_size(const GaussianMixture& truth) {
    const auto points = low_density_points(truth);
    double sum = 0;
    for (const auto& point : points) sum += length(truth.score(point));
    return sum / static_cast<double>(points.size());
}

CircleQuality circle_quality(const VonMisesCircle& truth, std::span<const Point2> samples) {
    CircleQuality quality;
    std::vector<double> angles;
    for (const auto& sample : samples) {
        const double radius = length(sample);
        quality.radius_error +=
            (std::isfinite(radius) ? std::fabs(radius - 1) : HUGE_VAL) / static_cast<double>(samples.size());
        if (std::isfinite(radius)) angles.push_back(std::atan2(sample[1], sample[0]));
    }
    std::sort(angles.begin(), angles.end());
    for (std::size_t i = 0; i < angles.size(); ++i) {
        const double expected = truth.cumulative(angles[i]);
        const double below = static_cast<double>(i) / static_cast<double>(angles.size());
        const double above = static_cast<double>(i + 1) / static_cast<double>(angles.size());
        quality.angle_distance = std::max({quality.angle_distance, above - expected, expected - below});
    }
    if (angles.empty()) quality.angle_distance = 1;
    return quality;
}

}  // namespace mollify
