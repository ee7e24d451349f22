#include <cmath>
#include <numeric>

#include <doctest/doctest.h>

#include <mollify/stages/error.hpp>
#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/tests/trainers/figures/picture.hpp>
#include <mollify/trainers/figures/plane.hpp>

using namespace mollify;

namespace {

const Grid kGrid{{-2, -1}, {2, 1}, 4, 2};

PlaneComparison comparison() {
    const Grid grid{{-1, -1}, {1, 1}, 8, 8};
    const HeatMap map{grid, std::vector<double>(64, 0.5)};
    const Arrows arrows = bounded_arrows(grid.centres(), grid.centres(), 0.2, 1);
    const Moment moment{"iteration", map, arrows};
    const PlaneRow row{"density", map, {moment, moment, moment}};
    return {.lower = {-1, -1},
            .upper = {1, 1},
            .target = {.density = map, .data = map, .scores = arrows},
            .rows = {row, row}};
}

}  // namespace

TEST_CASE("a histogram counts each point in the cell that holds it, and no other") {
    const std::vector<Point2> points{{-1.5, -0.5}, {-1.5, -0.5}, {1.99, 0.99}, {-2, -1},
                                     {2, 0},       {0, 5},       {NAN, 0},     {0, -HUGE_VAL}};
    const auto counts = histogram(kGrid, points).values;
    CHECK(counts == std::vector<double>{3, 0, 0, 0, 0, 0, 0, 1});
}

TEST_CASE("averaging over blocks of cells keeps the mean") {
    const Grid fine{{0, 0}, {1, 1}, 4, 2};
    const auto map = averaged(fine, std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8}, 2);
    CHECK(map.grid.columns == 2);
    CHECK(map.grid.rows == 1);
    CHECK(map.values == std::vector<double>{(1 + 2 + 5 + 6) / 4.0, (3 + 4 + 7 + 8) / 4.0});
    CHECK_THROWS_AS(averaged(fine, std::vector<double>(8), 3), ConfigError);
    CHECK_THROWS_AS(averaged(fine, std::vector<double>(7), 2), ConfigError);
}

TEST_CASE("arrows keep their direction and order, and never exceed the bound") {
    const std::vector<Point2> vectors{{0, 0}, {0.5, 0}, {0, 2}, {-300, 400}, {1e12, 0}};
    const auto arrows = bounded_arrows(vectors, vectors, 0.8, 2);
    double last = -1;
    for (std::size_t i = 0; i < vectors.size(); ++i) {
        const auto [x, y] = arrows.by[i];
        const double length = std::hypot(x, y);
        CHECK(length > last);
        CHECK(length <= 0.8);
        CHECK(x * vectors[i][1] == doctest::Approx(y * vectors[i][0]));
        CHECK(x * vectors[i][0] + y * vectors[i][1] >= 0);
        last = length;
    }
    CHECK(std::hypot(arrows.by[2][0], arrows.by[2][1]) == doctest::Approx(0.4));  // the half-way size
}

TEST_CASE("the figure has the target's column and a row for each training") {
    auto figure = plane_figure(comparison());
    CHECK(figure.columns == 5);
    REQUIRE(figure.panels.size() == 10);
    CHECK(figure.panels[0].title == "target density");
    CHECK(figure.panels[1].title == "density");
    CHECK(figure.panels[5].title == "true scores");
    CHECK(figure.panels[6].title == "density");
    const test::TemporaryFolder folder;
    draw(figure, folder.path() / "figure.png");
    const auto png = test::decode_png_file(folder.path() / "figure.png");
    CHECK(png.width == figure.width);
    CHECK(png.height == figure.height);
    CHECK(png.ink() > 0.3);
}

TEST_CASE("rows that do not compare are refused") {
    auto uneven = comparison();
    uneven.rows[1].moments.pop_back();
    CHECK_THROWS_AS(plane_figure(uneven), ConfigError);
    auto more = comparison();
    more.rows.push_back(more.rows.back());
    const auto three = plane_figure(more);
    REQUIRE(three.panels.size() == 15);
    CHECK(three.columns == 5);
    CHECK(three.panels[10].title == "target density");
    more.rows.back().moments.pop_back();
    CHECK_THROWS_AS(plane_figure(more), ConfigError);
    auto alone = comparison();
    alone.rows.pop_back();
    CHECK_THROWS_AS(plane_figure(alone), ConfigError);
}
