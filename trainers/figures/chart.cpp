#include <charconv>
#include <cmath>
#include <utility>

#include <mollify/trainers/figures/chart.hpp>
#include <mollify/trainers/figures/gnuplot.hpp>

namespace mollify {
namespace {

/// From white to a dark blue, even in lightness: the sequential "Blues" of ColorBrewer 2.0 (Harrower and
/// Brewer 2003), light enough below for dark arrows to show.
constexpr const char* kPalette =
    "set palette defined (0 '#ffffff', 1 '#deebf7', 2 '#c6dbef', 3 '#9ecae1', 4 '#6baed6', 5 '#4292c6', "
    "6 '#2171b5', 7 '#08519c')\n";

/// Six digits, whatever the locale; "NaN" is gnuplot's word for a gap.
std::string number(double value) {
    if (!std::isfinite(value)) return "NaN";
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::general, 7).ptr;
    return {text, end};
}

bool finite(const Point2& point) { return std::isfinite(point[0]) && std::isfinite(point[1]); }

std::string pair(const Point2& point) { return number(point[0]) + " " + number(point[1]); }

std::string label(const std::string& text) {
    return text.empty() ? " notitle" : " title " + gnuplot_string(text);
}

void check_lengths(std::size_t expected, std::size_t actual, const char* what) {
    if (expected != actual) {
        throw ConfigError("a chart's " + std::string(what) + " has " + std::to_string(actual) +
                          " values for " + std::to_string(expected) + " places");
    }
}

/// What one layer becomes: a block of data and the clause of `plot` that draws it. No clause where there is
/// nothing to see, for gnuplot takes that as a failure.
struct Drawing {
    std::string data;
    std::string clause;
};

Drawing drawing(const HeatMap& map) {
    const auto& grid = map.grid;
    check_lengths(grid.columns * grid.rows, map.values.size(), "heat map");
    if (grid.columns < 2 || grid.rows < 2) throw ConfigError("a chart's heat map needs at least 2 × 2 cells");
    Drawing result;
    bool any = false;
    for (std::size_t row = 0; row < grid.rows; ++row) {
        for (std::size_t column = 0; column < grid.columns; ++column) {
            const double value = map.values[row * grid.columns + column];
            any = any || std::isfinite(value);
            result.data += number(value) + (column + 1 < grid.columns ? ' ' : '\n');
        }
    }
    if (!any) return {};
    const auto axis = [](const char* index, double lower, double step) {
        return "(" + number(lower + step / 2) + "+" + index + "*" + number(step) + ")";
    };
    result.clause = " matrix using " + axis("$1", grid.lower[0], grid.cell_width()) + ":" +
                    axis("$2", grid.lower[1], grid.cell_height()) + ":3 with image notitle";
    return result;
}

Drawing drawing(const Ribbon& ribbon) {
    check_lengths(ribbon.points.size(), ribbon.values.size(), "ribbon");
    Drawing result;
    for (std::size_t i = 0; i < ribbon.points.size(); ++i) {
        if (finite(ribbon.points[i]) && std::isfinite(ribbon.values[i]))
            result.data += pair(ribbon.points[i]) + " " + number(ribbon.values[i]) + "\n";
    }
    result.clause =
        " using 1:2:3 with lines linewidth " + number(ribbon.width) + " linecolor palette notitle";
    return result;
}

Drawing drawing(const Dots& dots) {
    Drawing result;
    for (const auto& point : dots.points) {
        if (finite(point)) result.data += pair(point) + "\n";
    }
    result.clause = " using 1:2 with points pointtype 7 pointsize " + number(dots.size) + " linecolor rgb " +
                    gnuplot_string(dots.colour) + label(dots.label);
    return result;
}

Drawing drawing(const Line& line) {
    Drawing result;
    bool gap = false;
    for (const auto& point : line.points) {
        if (!finite(point)) {
            gap = true;
            continue;
        }
        if (std::exchange(gap, false) && !result.data.empty()) result.data += "\n";  // an empty line parts
        result.data += pair(point) + "\n";
    }
    result.clause = " using 1:2 with lines linewidth " + number(line.width) + " linecolor rgb " +
                    gnuplot_string(line.colour) + (line.dashed ? " dashtype '-'" : "") +
                    (line.right_axis ? " axes x1y2" : "") + label(line.label);
    return result;
}

Drawing drawing(const Arrows& arrows) {
    check_lengths(arrows.at.size(), arrows.by.size(), "field of arrows");
    Drawing result;
    for (std::size_t i = 0; i < arrows.at.size(); ++i) {
        const auto& [dx, dy] = arrows.by[i];
        const Point2 tail{arrows.at[i][0] - dx / 2, arrows.at[i][1] - dy / 2};
        if (finite(tail) && finite(arrows.by[i])) result.data += pair(tail) + " " + pair(arrows.by[i]) + "\n";
    }
    result.clause = " using 1:2:3:4 with vectors filled head size graph 0.016,28 fixed linewidth " +
                    number(arrows.width) + " linecolor rgb " + gnuplot_string(arrows.colour) + " notitle";
    return result;
}

std::string axis_settings(const std::string& name, const Axis& axis) {
    const auto bound = [](const std::optional<double>& value) { return value ? number(*value) : "*"; };
    return "set " + name + "range [" + bound(axis.low) + ":" + bound(axis.high) + "]\n" + "set " + name +
           "label " + gnuplot_string(axis.label) + "\n" + (axis.numbers ? "set " : "unset ") + name +
           "tics\n";
}

std::string panel_script(const Panel& panel, std::size_t index) {
    std::string script;
    std::string plots;
    for (std::size_t i = 0; i < panel.layers.size(); ++i) {
        const auto drawn = std::visit([](const auto& layer) { return drawing(layer); }, panel.layers[i]);
        if (drawn.data.empty()) continue;
        const auto name = "$panel" + std::to_string(index) + "layer" + std::to_string(i);
        script += name + " << END\n" + drawn.data + "END\n";
        plots += (plots.empty() ? "plot " : ", ") + name + drawn.clause;
    }
    script += "set title " + gnuplot_string(panel.title) + "\n" + axis_settings("x", panel.x) +
              axis_settings("y", panel.y) +
              axis_settings("y2", panel.right.value_or(Axis{.numbers = false})) + "set ytics " +
              (panel.right ? "nomirror" : "mirror") + "\n" + (panel.y.numbers ? "" : "unset ytics\n") +
              "set cbrange [0:" + number(panel.colour_high) + "]\n" +
              (panel.square ? "set size square\n" : "set size nosquare\n");
    return script + (plots.empty() ? "plot [0:1][0:1] NaN notitle" : plots) + "\n";
}

}  // namespace

Point2 Grid::centre(std::size_t column, std::size_t row) const {
    return {lower[0] + (static_cast<double>(column) + 0.5) * cell_width(),
            lower[1] + (static_cast<double>(row) + 0.5) * cell_height()};
}

std::vector<Point2> Grid::centres() const {
    std::vector<Point2> result;
    result.reserve(columns * rows);
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) result.push_back(centre(column, row));
    }
    return result;
}

std::string gnuplot_script(const Figure& figure) {
    if (figure.panels.empty() || figure.columns == 0 || figure.width == 0 || figure.height == 0)
        throw ConfigError("a figure needs at least one panel, one column and one pixel");
    const auto rows = (figure.panels.size() + figure.columns - 1) / figure.columns;
    std::string script =
        "set encoding utf8\nset terminal pngcairo noenhanced font 'sans,10' background '#ffffff' "
        "linewidth 1 size " +
        std::to_string(figure.width) + "," + std::to_string(figure.height) + "\n" + kPalette +
        "unset colorbox\n"
        "set border 31 linecolor rgb '#8a8a8a' linewidth 0.8\n"
        "set tics scale 0.5 textcolor rgb '#222222'\n"
        "set key outside bottom center horizontal samplen 2 spacing 1.2 width 2\n"
        "set multiplot layout " +
        std::to_string(rows) + "," + std::to_string(figure.columns) + "\n";
    for (std::size_t i = 0; i < figure.panels.size(); ++i) script += panel_script(figure.panels[i], i);
    return script + "unset multiplot\n";
}

void draw(const Figure& figure, const std::filesystem::path& png) {
    run_gnuplot(gnuplot_script(figure), png);
}

}  // namespace mollify
