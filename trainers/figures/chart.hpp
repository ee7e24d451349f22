#pragma once
/// \file Charts as plain values: panels of lines, densities and arrows. What they look like is decided here,
/// once; who draws is gnuplot's matter (gnuplot.hpp).

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <mollify/datasets/synthetic.hpp>

namespace mollify {

/// "#rrggbb".
using Colour = std::string;

inline constexpr const char* kInk = "#222222";
inline constexpr const char* kQuietInk = "#8a8a8a";
/// For two things side by side, told apart also by the colour-blind (Okabe and Ito 2008), and lighter companions.
inline constexpr const char* kBlue = "#0072b2";
inline constexpr const char* kVermilion = "#d55e00";
inline constexpr const char* kPaleBlue = "#9ecae1";
inline constexpr const char* kPaleOrange = "#f7c59f";

/// A polyline; points that are not finite are left out and part it.
struct Line {
    std::vector<Point2> points;
    std::string label = {};  ///< in the legend; none where empty
    Colour colour = kBlue;
    double width = 1.5;  ///< pixels
    bool dashed = false;
    bool right_axis = false;  ///< measured on the axis at the right
};

/// Points as small discs; those that are not finite are left out.
struct Dots {
    std::vector<Point2> points;
    std::string label = {};
    Colour colour = kBlue;
    double size = 0.4;  ///< relative to gnuplot's normal point
};

/// Equal cells that tile a rectangle of the plane.
struct Grid {
    Point2 lower;
    Point2 upper;
    std::size_t columns = 0;
    std::size_t rows = 0;

    double cell_width() const { return (upper[0] - lower[0]) / static_cast<double>(columns); }
    double cell_height() const { return (upper[1] - lower[1]) / static_cast<double>(rows); }
    /// Middle of a cell; row 0 is the lowest.
    Point2 centre(std::size_t column, std::size_t row) const;
    /// Middles of all cells, row by row from below.
    std::vector<Point2> centres() const;
};

/// One number per cell of at least 2 × 2, row by row from below, by the panel's colours; what is not finite
/// stays blank.
struct HeatMap {
    Grid grid;
    std::vector<double> values;
};

/// A polyline whose colour follows one value per point, by the panel's colours.
struct Ribbon {
    std::vector<Point2> points;
    std::vector<double> values;
    double width = 6;  ///< pixels
};

/// An arrow from at[i] - by[i]/2 to at[i] + by[i]/2 for every i, in the axes' units; arrows that are not
/// finite are left out.
struct Arrows {
    std::vector<Point2> at;
    std::vector<Point2> by;
    Colour colour = kInk;
    double width = 1;  ///< pixels
};

using Layer = std::variant<HeatMap, Ribbon, Dots, Line, Arrows>;

struct Axis {
    std::string label = {};
    std::optional<double> low = {};  ///< fitted to the data where absent
    std::optional<double> high = {};
    bool numbers = true;  ///< whether tics and numbers are drawn
};

/// One pair of axes with layers from back to front.
struct Panel {
    std::string title = {};
    Axis x = {};
    Axis y = {};
    std::optional<Axis> right = {};  ///< for lines with right_axis
    std::vector<Layer> layers = {};
    double colour_high = 1;  ///< the value of the darkest colour; 0 is white
    bool square = false;     ///< whether the box is square
};

/// Panels in rows, filled row by row.
struct Figure {
    std::vector<Panel> panels = {};
    std::size_t columns = 1;
    std::size_t width = 900;  ///< of the picture, pixels
    std::size_t height = 540;
};

/// The gnuplot script that prints `figure` as a PNG. Throws ConfigError for a figure without panels, columns
/// or pixels, for a layer whose arrays differ in length, and for a heat map of fewer than 2 × 2 cells.
std::string gnuplot_script(const Figure& figure);

/// Draws `figure` into a PNG file, whole or not at all. Throws FigureError, and ConfigError as
/// gnuplot_script() does.
void draw(const Figure& figure, const std::filesystem::path& png);

}  // namespace mollify
