#include <cmath>

#include <doctest/doctest.h>

#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/tests/trainers/figures/picture.hpp>
#include <mollify/trainers/figures/curves.hpp>

using namespace mollify;

namespace {

/// A training that begins at -1e6 nats, is at -10 from iteration 20 on, and ends at `last`.
History steep(double last) {
    History run;
    for (int i = 0; i <= 1000; ++i) {
        run.training.push_back({i * 10.0, i < 2 ? -1e6 : -10.0});
        if (i % 100 == 0) run.test.push_back({i * 10.0, i == 1000 ? last : -11.0});
        run.noise_level.push_back({i * 10.0, std::max(0.0, 1 - i / 600.0)});
    }
    return run;
}

std::vector<std::string> legend(const Figure& figure) {
    std::vector<std::string> labels;
    for (const auto& layer : figure.panels[0].layers) {
        if (const auto* line = std::get_if<Line>(&layer); line && !line->label.empty())
            labels.push_back(line->label);
    }
    return labels;
}

}  // namespace

TEST_CASE("the axis leaves out the steep beginning and shows the end") {
    const auto figure = curves({steep(-30)}, "title");
    const auto& axis = figure.panels[0].y;
    CHECK(*axis.low < -30);
    CHECK(*axis.low > -40);
    CHECK(*axis.high > -10);
    CHECK(*axis.high < 0);
}

TEST_CASE("curves are measured in nats at the left, the noise level from 0 to 1 at the right") {
    const auto figure = curves({steep(-30)}, "title");
    REQUIRE(figure.panels[0].right);
    CHECK(*figure.panels[0].right->low == 0);
    std::size_t at_right = 0;
    for (const auto& layer : figure.panels[0].layers) at_right += std::get<Line>(layer).right_axis;
    CHECK(at_right == 1);
}

TEST_CASE("a vanilla run has no curve of the noise level") {
    auto run = steep(-30);
    for (auto& point : run.noise_level) point[1] = 0;
    const auto figure = curves({run}, "");
    for (const auto& layer : figure.panels[0].layers) CHECK_FALSE(std::get<Line>(layer).right_axis);
}

TEST_CASE("the legend names each kind of run once") {
    auto first = steep(-12);
    first.label = "mollified";
    auto second = first;
    second.in_legend = false;
    const auto one = legend(curves({first}, ""));
    CHECK(one.size() == 3);
    CHECK(legend(curves({first, second}, "")) == one);
    CHECK(one.back() == "mollified: test, clean");
}

TEST_CASE("curves are drawn, also of a run that has none") {
    const test::TemporaryFolder folder;
    draw(curves({steep(-30)}, "title"), folder.path() / "curves.png");
    draw(curves({History{}}, "title"), folder.path() / "empty.png");
    const auto png = test::decode_png_file(folder.path() / "curves.png");
    CHECK(png.width == 1000);
    CHECK(png.ink() > test::decode_png_file(folder.path() / "empty.png").ink());
}
