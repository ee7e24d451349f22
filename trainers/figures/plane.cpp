#include <algorithm>
#include <cmath>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/figures/plane.hpp>

namespace mollify {
namespace {

constexpr std::size_t kPanelSide = 260;  // pixels, of the square that a panel takes
constexpr std::size_t kTitleRoom = 40;

/// The count of the darkest colour: a few crowded cells must not fade all others.
double darkest(const HeatMap& counts) {
    std::vector<double> filled;
    for (const double count : counts.values) {
        if (count > 0) filled.push_back(count);
    }
    if (filled.empty()) return 1;
    const auto place = filled.begin() + static_cast<std::ptrdiff_t>(filled.size() * 97 / 100);
    std::nth_element(filled.begin(), place, filled.end());
    return std::max(*place, 1.0);
}

}  // namespace

HeatMap histogram(const Grid& grid, std::span<const Point2> points) {
    HeatMap counts{grid, std::vector<double>(grid.columns * grid.rows)};
    for (const auto& point : points) {
        const double column = std::floor((point[0] - grid.lower[0]) / grid.cell_width());
        const double row = std::floor((point[1] - grid.lower[1]) / grid.cell_height());
        if (column >= 0 && column < static_cast<double>(grid.columns) && row >= 0 &&
            row < static_cast<double>(grid.rows)) {
            ++counts.values[static_cast<std::size_t>(row) * grid.columns + static_cast<std::size_t>(column)];
        }
    }
    return counts;
}

HeatMap averaged(const Grid& fine, std::span<const double> values, std::size_t finer) {
    if (finer == 0 || fine.columns % finer != 0 || fine.rows % finer != 0 ||
        values.size() != fine.columns * fine.rows)
        throw ConfigError("a grid can only be averaged over whole blocks of its cells");
    HeatMap means{{fine.lower, fine.upper, fine.columns / finer, fine.rows / finer}, {}};
    means.values.resize(means.grid.columns * means.grid.rows);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto column = i % fine.columns / finer;
        const auto row = i / fine.columns / finer;
        means.values[row * means.grid.columns + column] += values[i] / static_cast<double>(finer * finer);
    }
    return means;
}

Arrows bounded_arrows(std::span<const Point2> at, std::span<const Point2> vectors, double longest,
                      double half) {
    Arrows arrows{.at = {at.begin(), at.end()}, .by = {}};
    arrows.by.reserve(vectors.size());
    for (const auto& [x, y] : vectors) {
        const double factor = longest / (std::hypot(x, y) + half);
        arrows.by.push_back({factor * x, factor * y});
    }
    return arrows;
}

Figure plane_figure(const PlaneComparison& comparison) {
    const auto& rows = comparison.rows;
    if (rows.size() < 2 || std::ranges::any_of(rows, [&](const PlaneRow& row) {
            return row.moments.size() != rows.front().moments.size();
        }))
        throw ConfigError("this figure compares two trainings or more at equally many moments");
    const auto panel = [&](const std::string& title, std::vector<Layer> layers, double high) {
        return Panel{.title = title,
                     .x = {.low = comparison.lower[0], .high = comparison.upper[0], .numbers = false},
                     .y = {.low = comparison.lower[1], .high = comparison.upper[1], .numbers = false},
                     .layers = std::move(layers),
                     .colour_high = high,
                     .square = true};
    };
    const auto& target = comparison.target;
    Figure figure;
    bool scores = false;
    for (const auto& row : rows) {
        figure.panels.push_back(
            scores ? panel(target.scores_title, {target.data, target.scores}, darkest(target.data))
                   : panel(target.density_title, {target.density}, comparison.density_high));
        scores = !scores;
        figure.panels.push_back(panel(row.title, {row.density}, comparison.density_high));
        for (const auto& moment : row.moments)
            figure.panels.push_back(panel(moment.title, {moment.data, moment.scores}, darkest(moment.data)));
    }
    figure.columns = figure.panels.size() / rows.size();
    figure.width = figure.columns * kPanelSide;
    figure.height = rows.size() * (kPanelSide + kTitleRoom);
    return figure;
}

}  // namespace mollify
