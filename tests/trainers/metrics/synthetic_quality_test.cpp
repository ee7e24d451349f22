#include <cmath>
#include <numbers>

#include <doctest/doctest.h>

#include <mollify/trainers/metrics/synthetic_quality.hpp>

using namespace mollify;

namespace {

constexpr std::size_t kCount = 20'000;

template <class Distribution>
std::vector<Point2> draws(const Distribution& distribution) {
    std::vector<Point2> points;
    for (SampleId id = 0; id < kCount; ++id) points.push_back(distribution.sample(7, id).point);
    return points;
}

ScoreField field(const std::function<Point2(const Point2&)>& score) {
    return [score](std::span<const Point2> points) {
        std::vector<Point2> scores;
        for (const auto& point : points) scores.push_back(score(point));
        return scores;
    };
}

}  // namespace

TEST_CASE("the true score has no error, and a constant shift of it the shift's size") {
    const GaussianMixture truth;
    const auto exact = field([&](const Point2& point) { return truth.score(point); });
    CHECK(mixture_quality(truth, draws(truth), exact).score_error == 0);
    const auto shifted = field([&](const Point2& point) {
        const auto [x, y] = truth.score(point);
        return Point2{x + 3, y - 4};
    });
    CHECK(mixture_quality(truth, draws(truth), shifted).score_error == doctest::Approx(5));
    CHECK(mixture_quality(truth, draws(truth), shifted).median_error == doctest::Approx(5));
    const auto none = field([](const Point2&) { return Point2{0, 0}; });
    CHECK(mixture_quality(truth, draws(truth), none).score_error ==
          doctest::Approx(low_density_score_size(truth)));
}

TEST_CASE("a score that is not finite anywhere makes the mean error infinite, not the median") {
    const GaussianMixture truth;
    bool first = true;
    const auto broken = field([&](const Point2& point) {
        return std::exchange(first, false) ? Point2{NAN, 0} : truth.score(point);
    });
    const auto quality = mixture_quality(truth, draws(truth), broken);
    CHECK(std::isinf(quality.score_error));
    CHECK(quality.median_error == 0);
}

TEST_CASE(
    "samples of the mixture itself have its masses, and those of one mode, a ridge and broken ones show") {
    const GaussianMixture truth;
    const auto exact = field([&](const Point2& point) { return truth.score(point); });
    const auto quality = mixture_quality(truth, draws(truth), exact);
    // 1 - exp(-4.5) lies within 3 deviations of a Gaussian in the plane; 4 deviations of the count.
    CHECK(true_mode_mass() == doctest::Approx(0.494446).epsilon(1e-5));
    CHECK(quality.upper_mass == doctest::Approx(0.4944).epsilon(0.03));
    CHECK(quality.lower_mass == doctest::Approx(0.4944).epsilon(0.03));
    CHECK(quality.elsewhere_mass == doctest::Approx(0.0111).epsilon(0.27));

    const std::vector<Point2> others{{0, 4.5},   {2.9, 4.5}, {0, 0},  {3.1, -4.5},
                                     {NAN, 4.5}, {0, -4.5},  {1, -2}, {9, 9}};
    const auto counted = mixture_quality(truth, others, exact);
    CHECK(counted.upper_mass == doctest::Approx(2.0 / 8));
    CHECK(counted.lower_mass == doctest::Approx(2.0 / 8));
    CHECK(counted.elsewhere_mass == doctest::Approx(4.0 / 8));
}

TEST_CASE("exact samples of the circle are near the truth, uniform angles are not") {
    const VonMisesCircle truth;
    const auto exact = circle_quality(truth, draws(truth));
    CHECK(exact.angle_distance < 1.95 / std::sqrt(double(kCount)));  // exceeded with probability 0.001
    CHECK(exact.radius_error < 1e-6);
    std::vector<Point2> uniform;
    for (std::size_t i = 0; i < kCount; ++i) {
        const double angle = 2 * std::numbers::pi * (double(i) + 0.5) / kCount;
        uniform.push_back({0.9 * std::cos(angle), 0.9 * std::sin(angle)});
    }
    // The largest |F(θ) - (θ + π)/2π|, where cos θ = log I0(1). NumPy: t = linspace(-pi, pi, 400001), the
    // trapezoidal integral of exp(cos(t)) divided by its last value, abs(that - (t + pi)/(2 pi)).max()
    const auto wrong = circle_quality(truth, uniform);
    CHECK(wrong.angle_distance == doctest::Approx(0.144366).epsilon(1e-3));
    CHECK(wrong.radius_error == doctest::Approx(0.1));
}

TEST_CASE("samples that are not finite have no angle and an infinite radius error") {
    const std::vector<Point2> broken{{NAN, 0}, {HUGE_VAL, 1}};
    const auto quality = circle_quality(VonMisesCircle(), broken);
    CHECK(quality.angle_distance == 1);
    CHECK(std::isinf(quality.radius_error));
}
