#include <algorithm>
#include <cmath>

#include <mollify/trainers/figures/curves.hpp>

namespace mollify {
namespace {

/// The part of the likelihood's axis that is worth looking at.
class Range {
  public:
    void include(const std::vector<Point2>& curve) {
        std::vector<double> values;
        for (const auto& [x, y] : curve) {
            if (std::isfinite(y)) values.push_back(y);
        }
        if (values.empty()) return;
        const double last = values.back();
        std::sort(values.begin(), values.end());
        const double low = values[values.size() / 20];
        low_ = std::min({low_, low, last});
        high_ = std::max(high_, values.back());
    }

    /// Applies the range, a little widened, to the axis, if there is one.
    void set(Axis& axis) const {
        if (!(low_ <= high_)) return;
        const double margin = std::max(0.05 * (high_ - low_), 1e-3 * std::max(1.0, std::fabs(high_)));
        axis.low = low_ - margin;
        axis.high = high_ + margin;
    }

  private:
    double low_ = HUGE_VAL;
    double high_ = -HUGE_VAL;
};

std::string named(const History& run, const char* what) {
    if (!run.in_legend) return {};
    return run.label.empty() ? what : run.label + ": " + what;
}

}  // namespace

Figure curves(const std::vector<History>& runs, const std::string& title) {
    Panel panel{.title = title,
                .x = {.label = "iteration", .low = 0},
                .y = {.label = "log-likelihood per sample, nats"},
                .right = Axis{.label = "noise level n", .low = 0, .high = 1.02}};
    std::vector<Layer> training;
    std::vector<Layer> evaluations;
    std::vector<Layer> levels;
    Range range;
    for (const auto& run : runs) {
        range.include(run.training);
        range.include(run.validation);
        range.include(run.test);
        const bool noisy = std::any_of(run.noise_level.begin(), run.noise_level.end(),
                                       [](const Point2& point) { return point[1] > 0; });
        if (noisy) {
            levels.emplace_back(Line{.points = run.noise_level,
                                     .label = named(run, "noise level (right)"),
                                     .colour = kQuietInk,
                                     .width = 1.2,
                                     .dashed = true,
                                     .right_axis = true});
        }
        if (!run.training.empty()) {
            training.emplace_back(Line{.points = run.training,
                                       .label = named(run, "training, minus the loss"),
                                       .colour = run.pale,
                                       .width = 1});
        }
        if (!run.validation.empty()) {
            evaluations.emplace_back(Line{.points = run.validation,
                                          .label = named(run, "validation, clean"),
                                          .colour = run.colour,
                                          .width = 1.3,
                                          .dashed = true});
        }
        if (!run.test.empty()) {
            evaluations.emplace_back(Line{
                .points = run.test, .label = named(run, "test, clean"), .colour = run.colour, .width = 2.4});
        }
    }
    range.set(panel.y);
    for (auto* group : {&training, &levels, &evaluations})
        panel.layers.insert(panel.layers.end(), group->begin(), group->end());
    return {.panels = {std::move(panel)}, .width = 1000, .height = 600};
}

}  // namespace mollify
