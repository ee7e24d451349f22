#include <cmath>

#include <doctest/doctest.h>

#include <mollify/stages/error.hpp>
#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/tests/trainers/figures/picture.hpp>
#include <mollify/trainers/figures/chart.hpp>

using namespace mollify;

namespace {

const Grid kGrid{{-1, 0}, {3, 2}, 4, 2};
const Grid kSquare{{0, 0}, {1, 1}, 2, 2};

Figure figure_of(std::vector<Layer> layers) {
    return {
        .panels = {{.title = "it's a 'title'", .layers = std::move(layers)}}, .width = 320, .height = 240};
}

/// The colour of the middle of a box that is of one value all over.
std::uint8_t middle_red(double value) {
    const test::TemporaryFolder folder;
    auto figure = figure_of({HeatMap{kSquare, std::vector<double>(4, value)}});
    figure.panels[0].x = {.low = 0, .high = 1};
    figure.panels[0].y = {.low = 0, .high = 1};
    draw(figure, folder.path() / "cell.png");
    const auto png = test::decode_png_file(folder.path() / "cell.png");
    return png.planes[png.height / 2 * png.width + png.width / 2];
}

}  // namespace

TEST_CASE("a grid's cells are counted from below and their middles lie inside them") {
    CHECK(kGrid.cell_width() == 1);
    CHECK(kGrid.cell_height() == 1);
    CHECK(kGrid.centre(0, 0) == Point2{-0.5, 0.5});
    CHECK(kGrid.centre(3, 1) == Point2{2.5, 1.5});
    const auto centres = kGrid.centres();
    REQUIRE(centres.size() == 8);
    CHECK(centres[5] == kGrid.centre(1, 1));
}

TEST_CASE("every kind of layer is drawn into a PNG of the size asked for") {
    const test::TemporaryFolder folder;
    const std::vector<Point2> points{{0, 0.5}, {1, 1.5}, {2, 0.2}};
    const std::vector<Layer> layers{HeatMap{kGrid, {0, 1, 2, 3, 4, 5, 6, 7}}, Ribbon{points, {0.2, 0.5, 1}},
                                    Dots{.points = points, .size = 2},
                                    Line{.points = points, .label = "line"}, Arrows{points, points}};
    for (const auto& layer : layers) {
        CAPTURE(layer.index());
        draw(figure_of({layer}), folder.path() / "with.png");
        draw(figure_of({}), folder.path() / "without.png");
        const auto with = test::decode_png_file(folder.path() / "with.png");
        CHECK(with.width == 320);
        CHECK(with.height == 240);
        CHECK(with.ink() > test::decode_png_file(folder.path() / "without.png").ink());
    }
}

TEST_CASE("a heat map's colours run from white at 0 to dark at the panel's highest value") {
    CHECK(middle_red(0) == 0xff);
    CHECK(middle_red(1) < 0x20);
    CHECK(middle_red(0.5) > middle_red(1));
    CHECK(middle_red(0.5) < middle_red(0));
}

TEST_CASE("points that are not finite are left out, and a panel without any is drawn empty") {
    const test::TemporaryFolder folder;
    const std::vector<Point2> gaps{{0, NAN}, {NAN, 1}, {1, HUGE_VAL}};
    CHECK_NOTHROW(draw(figure_of({Line{.points = gaps}, Dots{.points = gaps}, Arrows{gaps, gaps},
                                  HeatMap{kSquare, {NAN, NAN, NAN, NAN}}}),
                       folder.path() / "empty.png"));
    auto some = gaps;
    some.insert(some.end(), {{0, 0}, {1, 1}});
    CHECK_NOTHROW(draw(figure_of({Line{.points = some}}), folder.path() / "some.png"));
}

TEST_CASE("panels fill rows from the left") {
    const test::TemporaryFolder folder;
    Figure figure{.columns = 2, .width = 400, .height = 200};
    const Panel blank{.x = {.low = 0, .high = 1, .numbers = false},
                      .y = {.low = 0, .high = 1, .numbers = false}};
    Panel full = blank;
    full.layers = {HeatMap{kSquare, {1, 1, 1, 1}}};
    figure.panels = {blank, full};
    draw(figure, folder.path() / "two.png");
    const auto png = test::decode_png_file(folder.path() / "two.png");
    CHECK(png.planes[100 * png.width + 100] == 0xff);
    CHECK(png.planes[100 * png.width + 300] < 0x20);
}

TEST_CASE("a figure without panels and arrays that do not fit are refused") {
    CHECK_THROWS_AS(gnuplot_script({}), ConfigError);
    CHECK_THROWS_AS(gnuplot_script(figure_of({HeatMap{kGrid, {1, 2}}})), ConfigError);
    CHECK_THROWS_AS(gnuplot_script(figure_of({HeatMap{{{0, 0}, {1, 1}, 1, 2}, {1, 2}}})), ConfigError);
    CHECK_THROWS_AS(gnuplot_script(figure_of({Arrows{{{0, 0}}, {}}})), ConfigError);
    CHECK_THROWS_AS(gnuplot_script(figure_of({Ribbon{{{0, 0}}, {}}})), ConfigError);
}
