#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include <ATen/core/Tensor.h>
#include <spdlog/fmt/fmt.h>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/evaluation.hpp>
#include <mollify/trainers/figures/plane.hpp>
#include <mollify/trainers/metrics/field.hpp>
#include <mollify/trainers/metrics/synthetic_quality.hpp>
#include <mollify/trainers/program/run/optional_number.hpp>
#include <mollify/trainers/program/run/run_folder.hpp>
#include <mollify/trainers/program/run/setup.hpp>
#include <mollify/trainers/program/study/synthetic_study.hpp>

namespace mollify {
namespace {

constexpr std::size_t kSamples = 20'000;
constexpr std::uint64_t kSampleSeed = 0;
constexpr std::size_t kDensityCells = 130;  // per side of the window
constexpr std::size_t kFiner = 2;           // densities are averaged over 2 × 2 points per cell
constexpr std::size_t kArrowCells = 18;
constexpr std::size_t kAngles = 360;

bool is_mixture(const StudyOptions& options) {
    return options.config.data.set == "synthetic/gaussian-mixture";
}
bool is_circle(const StudyOptions& options) { return options.config.data.set == "synthetic/von-mises"; }

std::unique_ptr<Model> last_model(const StudyRun& run) { return load_model(RunFolder::open(run.folder)); }

/// One value of every run, with the runs measured once for all the values.
template <class Quality>
class Measured {
  public:
    template <class Measure>
    Measured(const Study& study, const Measure& measure) : study_(study) {
        for (const auto& run : study.runs) qualities_.push_back(measure(run));
    }

    ComparedQuantity quantity(std::string name, double truth, double Quality::*member, int digits) const {
        const auto value = [&](const StudyRun& run) {
            return finite(qualities_[static_cast<std::size_t>(&run - study_.runs.data())].*member);
        };
        return {.name = std::move(name), .truth = truth, .arms = study_.collect(value), .digits = digits};
    }

  private:
    const Study& study_;
    std::vector<Quality> qualities_;
};

std::vector<ComparedQuantity> mixture_distances(const Study& study) {
    const GaussianMixture truth;
    const Measured<MixtureQuality> measured(study, [&](const StudyRun& run) {
        const auto model = last_model(run);
        return mixture_quality(truth, draw_points(*model, kSamples, kSampleSeed),
                               [&](std::span<const Point2> points) { return scores(*model, points); });
    });
    const auto loss = [](const StudyRun& run) -> std::optional<double> {
        const auto likelihood = run.summary.test_log_likelihood_last;
        return likelihood ? std::optional(-*likelihood) : std::nullopt;
    };
    return {{.name = "negative test log-likelihood, nats",
             .truth = truth.entropy(),
             .arms = study.collect(loss),
             .digits = 3},
            measured.quantity("mass near the upper mode", true_mode_mass(), &MixtureQuality::upper_mass, 3),
            measured.quantity("mass near the lower mode", true_mode_mass(), &MixtureQuality::lower_mass, 3),
            measured.quantity("mass elsewhere", 1 - 2 * true_mode_mass(), &MixtureQuality::elsewhere_mass, 3),
            measured.quantity(fmt::format("mean score error where density is low (true size {:.2f})",
                                          low_density_score_size(truth)),
                              0, &MixtureQuality::score_error, 2),
            measured.quantity("median of the same", 0, &MixtureQuality::median_error, 2)};
}

std::vector<ComparedQuantity> circle_distances(const Study& study) {
    const VonMisesCircle truth;
    const Measured<CircleQuality> measured(study, [&](const StudyRun& run) {
        return circle_quality(truth, draw_points(*last_model(run), kSamples, kSampleSeed));
    });
    return {
        measured.quantity("Kolmogorov-Smirnov distance of the angle", 0, &CircleQuality::angle_distance, 3),
        measured.quantity("mean distance from the circle", 0, &CircleQuality::radius_error, 4)};
}

std::vector<Point2> points_of(std::span<const float> values) {
    std::vector<Point2> points;
    for (std::size_t i = 0; i + 1 < values.size(); i += 2) points.push_back({values[i], values[i + 1]});
    return points;
}

/// Cells per side of a histogram: the more points, the finer.
std::size_t count_cells(std::uint64_t points) {
    return static_cast<std::size_t>(std::clamp(0.6 * std::sqrt(static_cast<double>(points)), 16.0, 48.0));
}

/// The window and what is drawn in it.
struct Plane {
    Grid fine;
    Grid counts;
    Grid arrows;
    double half;  // the size of a score whose arrow has half the longest length

    Plane(double end, double half_size, std::uint64_t points)
        : fine{{-end, -end}, {end, end}, kDensityCells * kFiner, kDensityCells * kFiner},
          counts{{-end, -end}, {end, end}, count_cells(points), count_cells(points)},
          arrows{{-end, -end}, {end, end}, kArrowCells, kArrowCells},
          half(half_size) {}

    HeatMap density(std::vector<double> log_densities) const {
        for (auto& value : log_densities) value = std::exp(value);
        return averaged(fine, log_densities, kFiner);
    }
    Arrows field(std::span<const Point2> vectors) const {
        return bounded_arrows(arrows.centres(), vectors, 0.9 * arrows.cell_width(), half);
    }
};

/// The training set in its own order.
std::vector<float> clean_values(const Setup& setup) {
    const auto clean = gather(setup.clean_recipe(setup.data.train), setup.placement);
    const std::span values(clean.data_ptr<float>(), static_cast<std::size_t>(clean.numel()));
    return {values.begin(), values.end()};
}

/// The training set as the model sees it at an iteration.
std::vector<Point2> seen_at(const Setup& setup, std::vector<float> values, Iteration iteration) {
    if (setup.mollifier) {
        std::vector<SampleId> ids(values.size() / setup.data.shape.elements());
        std::iota(ids.begin(), ids.end(), SampleId{0});
        setup.mollifier->apply(values, setup.data.shape, ids, iteration, iteration / setup.batches_per_epoch);
    }
    return points_of(values);
}

Setup setup_on_cpu(Config config) {
    config.training.device = "cpu";
    return prepare(config);
}

PlaneRow plane_row(const StudyRun& run, const Plane& plane) {
    const auto folder = RunFolder::open(run.folder);
    const auto setup = setup_on_cpu(folder.config());
    const auto clean = clean_values(setup);
    PlaneRow row{.title = fmt::format("{}: estimated density", run.arm)};
    row.density = plane.density(log_densities(*load_model(folder), plane.fine.centres()));
    for (const auto iteration : setup.config.training.snapshots) {
        const auto model = load_model(folder, Weights::snapshot(iteration));
        row.moments.push_back({fmt::format("iteration {}", iteration),
                               histogram(plane.counts, seen_at(setup, clean, iteration)),
                               plane.field(scores(*model, plane.arrows.centres()))});
    }
    return row;
}

PlaneTarget mixture_target(const GaussianMixture& truth, const Plane& plane) {
    std::vector<double> log_density;
    for (const auto& point : plane.fine.centres()) log_density.push_back(truth.log_density(point));
    std::vector<Point2> score;
    for (const auto& point : plane.arrows.centres()) score.push_back(truth.score(point));
    return {.density = plane.density(log_density), .data = {}, .scores = plane.field(score)};
}

/// The distribution has no density in the plane, so the target is that of the angle, along the circle.
PlaneTarget circle_target(const VonMisesCircle& truth, const Plane& plane, double density_high) {
    constexpr std::size_t kAnglesPerArrow = 12;
    Ribbon ribbon;
    std::vector<Point2> at;
    std::vector<Point2> score;
    for (std::size_t i = 0; i <= kAngles; ++i) {
        const double angle = 2 * std::numbers::pi * static_cast<double>(i) / kAngles - std::numbers::pi;
        const Point2 point{std::cos(angle), std::sin(angle)};
        ribbon.points.push_back(point);
        ribbon.values.push_back(density_high * std::exp(truth.log_density(angle) - truth.log_density(0)));
        if (i % kAnglesPerArrow != 0 || i == kAngles) continue;
        at.push_back(point);
        score.push_back({-point[1] * truth.score(angle), point[0] * truth.score(angle)});
    }
    return {.density_title = "target density along the circle",
            .density = std::move(ribbon),
            .scores_title = "true scores along the circle",
            .data = {},
            .scores = bounded_arrows(at, score, 2 * plane.arrows.cell_width(), 0.5)};
}

/// Densities near a circle have no bound; the darkest colour is the density that the larger part of the darker
/// cells of all models reaches.
double usual_high(const std::vector<PlaneRow>& rows) {
    constexpr double kPart = 0.985;
    std::vector<double> values;
    for (const auto& row : rows) {
        for (const double value : row.density.values) {
            if (std::isfinite(value)) values.push_back(value);
        }
    }
    if (values.empty()) return 1;
    std::ranges::sort(values);
    return std::max(values[static_cast<std::size_t>(kPart * static_cast<double>(values.size() - 1))], 1e-6);
}

}  // namespace

std::vector<ComparedQuantity> distances_to_truth(const Study& study) {
    if (is_mixture(study.options)) return mixture_distances(study);
    if (is_circle(study.options)) return circle_distances(study);
    return {};
}

Figure synthetic_figure(const Study& study) {
    const GaussianMixture mixture;
    const VonMisesCircle circle;
    constexpr double kCircleWindow = 1.6;
    const bool is_of_mixture = is_mixture(study.options);
    const double end = is_of_mixture ? mixture.mode() + 1.2 * mixture.deviation() : kCircleWindow;
    const Plane plane(end, is_of_mixture ? 1.5 : 4.0, study.options.config.data.train);
    PlaneComparison comparison{
        .lower = plane.fine.lower, .upper = plane.fine.upper, .target = {}, .rows = {}};
    const auto seed = study.options.seeds.front();
    for (const Arm& arm : study.options.arms)
        comparison.rows.push_back(plane_row(study.run(arm.name, seed), plane));
    if (is_of_mixture) {
        comparison.density_high = std::exp(mixture.log_density({0, mixture.mode()}));
        comparison.target = mixture_target(mixture, plane);
    } else {
        comparison.density_high = usual_high(comparison.rows);
        comparison.target = circle_target(circle, plane, comparison.density_high);
    }
    comparison.target.data =
        histogram(plane.counts, points_of(clean_values(setup_on_cpu(study.options.config))));
    return plane_figure(comparison);
}

}  // namespace mollify
