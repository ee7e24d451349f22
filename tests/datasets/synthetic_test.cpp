#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/datasets/synthetic.hpp>
#include <mollify/stages/error.hpp>

using namespace mollify;

namespace {

constexpr double kPi = std::numbers::pi;

/// log of the mixture's density, written out.
double plain_log_density(double m, double s, const Point2& p) {
    const auto normal = [&](double centre) {
        return std::exp(-(p[0] * p[0] + (p[1] - centre) * (p[1] - centre)) / (2 * s * s)) / (2 * kPi * s * s);
    };
    return std::log(0.5 * normal(m) + 0.5 * normal(-m));
}

/// Largest distance between the empirical and the given cumulative function.
template <class Cumulative>
double kolmogorov_smirnov(std::vector<double> sample, Cumulative&& cumulative) {
    std::sort(sample.begin(), sample.end());
    double largest = 0;
    const auto n = static_cast<double>(sample.size());
    for (std::size_t i = 0; i < sample.size(); ++i) {
        const double c = cumulative(sample[i]);
        largest = std::max({largest, c - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - c});
    }
    return largest;
}

double normal_cumulative(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

// P(sqrt(n)·D > 2.2) is about 1.3e-4 for a right sample; the seeds are fixed, so a failure means a change.
constexpr double kKsBound = 2.2;
constexpr std::size_t kSamples = 200'000;

}  // namespace

TEST_CASE("the mixture's log-density and score agree with the formula and its differences") {
    const GaussianMixture mixture(2.0, 0.8);
    for (const Point2 p : {Point2{0, 0}, {0.3, 1.9}, {-1.2, -2.4}, {2, 0.01}, {0, 5}}) {
        CHECK(mixture.log_density(p) == doctest::Approx(plain_log_density(2.0, 0.8, p)).epsilon(1e-12));
        const double h = 1e-5;
        const auto score = mixture.score(p);
        CHECK(score[0] ==
              doctest::Approx(
                  (mixture.log_density({p[0] + h, p[1]}) - mixture.log_density({p[0] - h, p[1]})) / (2 * h))
                  .epsilon(1e-7));
        CHECK(score[1] ==
              doctest::Approx(
                  (mixture.log_density({p[0], p[1] + h}) - mixture.log_density({p[0], p[1] - h})) / (2 * h))
                  .epsilon(1e-7));
    }
    CHECK(GaussianMixture().log_density({0, 60}) < -1500);  // far out, where the plain formula gives -inf
    CHECK(std::isfinite(GaussianMixture().log_density({0, 600})));
}

TEST_CASE("the mixture's entropy has its known limits and value") {
    const double one = std::log(2 * kPi) + 1;  // one standard Gaussian in the plane
    CHECK(GaussianMixture(0, 1).entropy() == doctest::Approx(one).epsilon(1e-12));
    CHECK(GaussianMixture(30, 1).entropy() == doctest::Approx(one + std::log(2.0)).epsilon(1e-12));
    CHECK(GaussianMixture(0, 3).entropy() == doctest::Approx(one + 2 * std::log(3.0)).epsilon(1e-12));
    // A plain two-dimensional sum of -p log p over a fine grid.
    double sum = 0;
    const double h = 0.05;
    for (int i = -160; i < 160; ++i) {
        for (int j = -200; j < 200; ++j) {
            const double log_p = plain_log_density(1.5, 1, {i * h, j * h});
            sum -= h * h * std::exp(log_p) * log_p;
        }
    }
    CHECK(GaussianMixture(1.5, 1).entropy() == doctest::Approx(sum).epsilon(1e-9));
}

TEST_CASE("samples of the mixture follow it: both coordinates, both modes, and its entropy") {
    const GaussianMixture mixture;
    std::vector<double> across, along;
    double log_densities = 0;
    int first_mode = 0;
    for (SampleId id = 0; id < kSamples; ++id) {
        const auto [point, label] = mixture.sample(11, id);
        across.push_back(point[0]);
        along.push_back(point[1]);
        first_mode += label == 0;
        CHECK(std::fabs(point[1] - (label == 0 ? 4.5 : -4.5)) < 6);
        log_densities += mixture.log_density(point);
    }
    const double root = std::sqrt(static_cast<double>(kSamples));
    CHECK(root * kolmogorov_smirnov(across, normal_cumulative) < kKsBound);
    CHECK(root * kolmogorov_smirnov(along,
                                    [](double y) {
                                        return 0.5 *
                                               (normal_cumulative(y - 4.5) + normal_cumulative(y + 4.5));
                                    }) <
          kKsBound);
    CHECK(std::abs(first_mode - 100'000.0) < 4 * 0.5 * root);
    CHECK(-log_densities / kSamples == doctest::Approx(mixture.entropy()).epsilon(0.004));  // deviation 1/447
}

TEST_CASE("von Mises samples lie on the circle and follow the density") {
    for (const double concentration : {0.3, 1.0, 8.0}) {
        CAPTURE(concentration);
        const VonMisesCircle circle(concentration);
        std::vector<double> angles;
        for (SampleId id = 0; id < kSamples; ++id) {
            const auto [point, label] = circle.sample(12, id);
            REQUIRE(std::fabs(std::hypot(point[0], point[1]) - 1) < 1e-12);
            CHECK(label == kNoLabel);
            angles.push_back(std::atan2(point[1], point[0]));
        }
        CHECK(std::sqrt(static_cast<double>(kSamples)) *
                  kolmogorov_smirnov(angles, [&](double angle) { return circle.cumulative(angle); }) <
              kKsBound);
    }
}

TEST_CASE("von Mises density, score, cumulative function and entropy agree with each other and with sums") {
    for (const double concentration : {0.1, 1.0, 20.0, 100.0}) {
        CAPTURE(concentration);
        const VonMisesCircle circle(concentration);
        constexpr int kSteps = 20'000;
        const double h = 2 * kPi / kSteps;
        double mass = 0;
        double entropy = 0;
        for (int i = 0; i < kSteps; ++i) {
            const double angle = -kPi + (i + 0.5) * h;
            const double density = std::exp(circle.log_density(angle));
            if (i % 1000 == 0) CHECK(circle.cumulative(-kPi + i * h) == doctest::Approx(mass).epsilon(1e-6));
            mass += h * density;
            entropy -= h * density * circle.log_density(angle);
        }
        CHECK(mass == doctest::Approx(1).epsilon(1e-10));
        CHECK(circle.entropy() == doctest::Approx(entropy).epsilon(1e-9));
        CHECK(circle.cumulative(-kPi) == doctest::Approx(0).epsilon(1e-12));
        CHECK(circle.cumulative(kPi) == doctest::Approx(1).epsilon(1e-12));
        CHECK(circle.score(0.7) ==
              doctest::Approx((circle.log_density(0.70001) - circle.log_density(0.69999)) / 2e-5)
                  .epsilon(1e-6));
    }
    // log(2π I0(1)) with I0(1) = 1.2660658777520084 (Abramowitz and Stegun, table 9.8)
    CHECK(VonMisesCircle(1).log_density(0) ==
          doctest::Approx(1 - std::log(2 * kPi * 1.2660658777520084)).epsilon(1e-14));
}

TEST_CASE("a synthesized set holds the samples of its ids, so that parts can be independent") {
    const GaussianMixture mixture;
    const auto set = synthesize(mixture, {.count = 10, .seed = 3, .first_id = 100});
    CHECK(set.size() == 10);
    CHECK(set.format() == Format{Content::values, SampleShape::features(2)});
    Batch batch({.capacity = 1, .shape = SampleShape::features(2)});
    batch.admit(0, 0, std::vector<SampleId>{4});
    set.read(batch);
    const auto expected = mixture.sample(3, 104);
    CHECK(batch.values()[0] == static_cast<float>(expected.point[0]));
    CHECK(batch.values()[1] == static_cast<float>(expected.point[1]));
    CHECK(batch.labels()[0] == expected.label);
    CHECK(synthesize(mixture, {.count = 10, .seed = 4, .first_id = 100}).fingerprint() != set.fingerprint());
    CHECK(synthesize(VonMisesCircle(), {.count = 2}).name() == "von-mises");
}

TEST_CASE("distributions that do not exist are refused") {
    CHECK_THROWS_AS(GaussianMixture(1, 0), ConfigError);
    CHECK_THROWS_AS(GaussianMixture(-1, 1), ConfigError);
    CHECK_THROWS_AS(GaussianMixture(1.0 / 0.0, 1), ConfigError);
    CHECK_THROWS_AS(VonMisesCircle(0), ConfigError);
    CHECK_THROWS_AS(VonMisesCircle(0.0 / 0.0), ConfigError);
    CHECK_THROWS_AS(synthesize(GaussianMixture(), {.count = 0}), ConfigError);
}

TEST_CASE("von Mises samples of a tiny concentration have the moments of the uniform circle") {
    for (const double concentration : {1e-7, 1e-9, 1e-16, 1e-300, 5e-324}) {
        CAPTURE(concentration);
        const VonMisesCircle circle(concentration);
        double x = 0, y = 0, xx = 0, xy = 0;
        for (SampleId id = 0; id < kSamples; ++id) {
            const auto [point, label] = circle.sample(13, id);
            REQUIRE(std::fabs(std::hypot(point[0], point[1]) - 1) < 1e-12);
            x += point[0];
            y += point[1];
            xx += point[0] * point[0];
            xy += point[0] * point[1];
        }
        // Variances of cos, sin, cos² and sin·cos of a uniform angle: 1/2, 1/2, 1/8, 1/8.
        const auto n = static_cast<double>(kSamples);
        CHECK(std::fabs(x) < 4 * std::sqrt(n / 2));
        CHECK(std::fabs(y) < 4 * std::sqrt(n / 2));
        CHECK(std::fabs(xx - n / 2) < 4 * std::sqrt(n / 8));
        CHECK(std::fabs(xy) < 4 * std::sqrt(n / 8));
        CHECK(circle.log_density(1) == doctest::Approx(-std::log(2 * kPi)).epsilon(1e-6));
        CHECK(circle.cumulative(1) == doctest::Approx(0.5 + 1 / (2 * kPi)).epsilon(1e-6));
    }
}

TEST_CASE("von Mises samples go on evenly where the sampler takes the series for small concentrations") {
    const VonMisesCircle above(1e-5), below(std::nextafter(1e-5, 0));
    for (SampleId id = 0; id < 10'000; ++id) {
        const auto a = above.sample(14, id).point, b = below.sample(14, id).point;
        CHECK(a[0] == doctest::Approx(b[0]).epsilon(1e-9));
        CHECK(std::fabs(a[1] - b[1]) < 1e-7);  // the root of 1 - f² near f = ±1 enlarges the difference
    }
}

TEST_CASE("samples from id 2^44 on, which have no random numbers of their own, are refused") {
    constexpr SampleId kEnd = SampleId{1} << 44;
    CHECK(synthesize(GaussianMixture(), {.count = 2, .first_id = kEnd - 2}).size() == 2);
    CHECK_THROWS_AS(synthesize(GaussianMixture(), {.count = 2, .first_id = kEnd - 1}), ConfigError);
    CHECK_THROWS_AS(synthesize(VonMisesCircle(), {.count = 1, .first_id = ~SampleId{0}}), ConfigError);
    CHECK_THROWS_AS(synthesize(VonMisesCircle(), {.count = ~std::size_t{0}}), ConfigError);
    CHECK_NOTHROW(GaussianMixture().sample(0, kEnd - 1));
    CHECK_THROWS_AS(GaussianMixture().sample(0, kEnd), SampleError);
    CHECK_THROWS_AS(VonMisesCircle().sample(0, kEnd), SampleError);
}
