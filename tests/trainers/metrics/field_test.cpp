#include <cmath>
#include <numbers>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <doctest/doctest.h>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/metrics/field.hpp>
#include <mollify/trainers/models/realnvp.hpp>

using namespace mollify;

namespace {

/// N(mean, I) in the plane, with the mean as its parameter: density and score are known.
class Gaussian : public Model {
  public:
    explicit Gaussian(std::size_t features = 2) : Model(SampleShape::features(features)) {
        mean_ = scope().parameter("mean", at::tensor({1.0f, -2.0f}));
    }
    std::string name() const override { return "gaussian"; }
    at::Tensor loss(const at::Tensor& x) override { return -log_likelihood(x).mean(); }
    at::Tensor log_likelihood(const at::Tensor& x) override {
        largest_batch = std::max(largest_batch, x.size(0));
        return -0.5 * (x - mean_).square().sum(1) - std::log(2 * std::numbers::pi);
    }
    at::Tensor sample(std::int64_t count, at::Generator generator) override {
        return (mean_ + at::randn({count, 2}, generator, mean_.options().requires_grad(false))).detach();
    }

    std::int64_t largest_batch = 0;

  private:
    at::Tensor mean_;
};

const std::vector<Point2> kPoints{{1, -2}, {0, 0}, {4, 2}, {-100, 3}};

}  // namespace

TEST_CASE("densities and scores of a Gaussian are its closed forms") {
    Gaussian model;
    const auto densities = log_densities(model, kPoints);
    const auto gradients = scores(model, kPoints);
    REQUIRE(densities.size() == kPoints.size());
    REQUIRE(gradients.size() == kPoints.size());
    for (std::size_t i = 0; i < kPoints.size(); ++i) {
        const double dx = kPoints[i][0] - 1;
        const double dy = kPoints[i][1] + 2;
        CHECK(densities[i] == doctest::Approx(-(dx * dx + dy * dy) / 2 - std::log(2 * std::numbers::pi)));
        CHECK(gradients[i][0] == doctest::Approx(-dx));
        CHECK(gradients[i][1] == doctest::Approx(-dy));
    }
    CHECK_FALSE(model.training());
}

TEST_CASE("scores leave no gradient in the parameters") {
    Gaussian model;
    scores(model, kPoints);
    CHECK_FALSE(model.parameters().front().tensor.grad().defined());
}

TEST_CASE("scores of a flow are the finite differences of its log-density") {
    const auto model = realnvp().make({.hidden = 16, .blocks = 2}, SampleShape::features(2), 1);
    model->to(at::kDouble);
    if (model->needs_reestimation()) model->reestimate(at::randn({64, 2}, at::kDouble));
    constexpr double kStep = 1e-5;
    const std::vector<Point2> points{{0.3, -0.2}, {1.5, 0.7}, {-2, -1}};
    const auto gradients = scores(*model, points);
    for (std::size_t i = 0; i < points.size(); ++i) {
        for (std::size_t axis = 0; axis < 2; ++axis) {
            auto above = points[i];
            auto below = points[i];
            above[axis] += kStep;
            below[axis] -= kStep;
            const auto ends = log_densities(*model, std::vector<Point2>{above, below});
            CHECK(gradients[i][axis] == doctest::Approx((ends[0] - ends[1]) / (2 * kStep)).epsilon(1e-5));
        }
    }
}

TEST_CASE("many points are looked at in bounded batches, in their order") {
    Gaussian model;
    std::vector<Point2> many;
    for (int i = 0; i < 10'000; ++i) many.push_back({i * 0.001, 0});
    const auto gradients = scores(model, many);
    REQUIRE(gradients.size() == many.size());
    CHECK(gradients.back()[0] == doctest::Approx(1 - 9.999));
    CHECK(model.largest_batch < 10'000);
}

TEST_CASE("samples are the model's own, the same for a seed") {
    Gaussian model;
    const auto points = draw_points(model, 20'000, 5);
    REQUIRE(points.size() == 20'000);
    double x = 0;
    double y = 0;
    for (const auto& point : points) {
        x += point[0] / 20'000;
        y += point[1] / 20'000;
    }
    CHECK(x == doctest::Approx(1).epsilon(0.04));
    CHECK(y == doctest::Approx(-2).epsilon(0.02));
    // Compared outside CHECK, which would want to print the points.
    const bool repeated = points == draw_points(model, 20'000, 5);
    const bool reseeded = points == draw_points(model, 20'000, 6);
    CHECK(repeated);
    CHECK_FALSE(reseeded);
}

TEST_CASE("a model of more than two features is refused") {
    Gaussian model(3);
    CHECK_THROWS_AS(log_densities(model, kPoints), ConfigError);
    CHECK_THROWS_AS(scores(model, kPoints), ConfigError);
    CHECK_THROWS_AS(draw_points(model, 1, 0), ConfigError);
}
