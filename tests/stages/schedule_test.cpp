#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <mollify/stages/error.hpp>
#include <mollify/stages/gaussian.hpp>
#include <mollify/stages/schedule.hpp>

using namespace mollify;

namespace {

/// Equal up to half a unit of the last of `digits` printed significant digits.
bool prints_as(double value, double printed, int digits) {
    if (printed == 0) return value == 0;
    const double unit = std::pow(10.0, std::floor(std::log10(std::abs(printed))) - digits + 1);
    return std::abs(value - printed) <= 0.5000001 * unit;
}

struct ScheduleReference {
    Curve curve;
    double start, end, tau;
    std::uint64_t time, duration;
    double level;
};
constexpr ScheduleReference kScheduleReference[] = {
#include "reference/schedule_reference.inc"
};

Schedule images() { return Schedule({.duration = 30'000}); }
Schedule tables() { return Schedule({.clock = Clock::epoch, .duration = 150}); }

}  // namespace

TEST_CASE(
    "the default sigmoid gives the reference values of n, alpha, sigma and log SNR to every printed digit") {
    // Computed once in float64 from the authors' formula (image/experiment.py of
    // tranbahien/data-mollification).
    struct Row {
        double u, n, alpha, sigma, log_snr;
    };
    const Row rows[] = {{0.05, 0.890286101424, 0.331230884092, 0.943549734473, -2.09367},
                        {0.1, 0.783043833863, 0.465785536634, 0.884897640331, -1.28349},
                        {0.2, 0.584593377828, 0.644520459080, 0.764587063602, -0.341659},
                        {0.25, 0.496593594757, 0.709511384858, 0.704693972414, 0.0136258},
                        {0.3, 0.417336647654, 0.763323884302, 0.646015980959, 0.333716},
                        {0.4, 0.285824733122, 0.845088910635, 0.534625787932, 0.915750},
                        {0.5, 0.187950924331, 0.901137656337, 0.433533071785, 1.46338},
                        {0.6, 0.118051762359, 0.939120992014, 0.343586615513, 2.01101},
                        {0.7, 0.0695874793218, 0.964578934395, 0.263794388344, 2.59304},
                        {0.75, 0.0515081111239, 0.973905482517, 0.226953984596, 2.91313},
                        {0.8, 0.0366706571073, 0.981493424783, 0.191495840966, 3.26842},
                        {0.9, 0.0146255298611, 0.992660299468, 0.120936056910, 4.21025},
                        {0.95, 0.00655841311404, 0.996715399142, 0.0809840299938, 5.02043},
                        {0.99, 0.00120491068183, 0.999397363073, 0.0347118233722, 6.72014},
                        {1, 1e-9, 0.9999999995, 3.16227766e-05, 20.7233}};
    const Schedule schedule = images();
    for (const Row& row : rows) {
        CAPTURE(row.u);
        const double n = schedule.curve(row.u);
        CHECK(prints_as(n, row.n, 12));
        CHECK(prints_as(std::sqrt(1 - n), row.alpha, 12));
        CHECK(prints_as(std::sqrt(n), row.sigma, row.u == 1 ? 9 : 12));
        CHECK(prints_as(std::log((1 - n) / n), row.log_snr, 6));
        CHECK(Mix::at_level(n).alpha == static_cast<float>(std::sqrt(1 - n)));
        CHECK(Mix::at_level(n).sigma == static_cast<float>(std::sqrt(n)));
    }
    CHECK(schedule.curve(0) == 1);
}

TEST_CASE("the levels met in the reference trainings are theirs to every printed digit") {
    const std::vector<std::pair<std::uint64_t, double>> epochs{{0, 1},
                                                               {1, 0.985316545364},
                                                               {10, 0.854146319624},
                                                               {50, 0.369522868301},
                                                               {75, 0.187950924331},
                                                               {140, 0.00906472815937},
                                                               {148, 0.00161783062587},
                                                               {149, 0.000797682899546}};
    for (const auto& [epoch, level] : epochs) CHECK(prints_as(tables().level(0, epoch), level, 12));
    const std::vector<std::pair<std::uint64_t, double>> iterations{{0, 1},
                                                                   {1, 0.999926577733},
                                                                   {1000, 0.926702346011},
                                                                   {7500, 0.496593594757},
                                                                   {15000, 0.187950924331},
                                                                   {27000, 0.0146255298611},
                                                                   {29999, 3.93352894835e-06}};
    for (const auto& [iteration, level] : iterations)
        CHECK(prints_as(images().level(iteration, 0), level, 12));
}

TEST_CASE("other parameters give the reference values to every printed digit") {
    struct Row {
        double start, end, tau;
        std::vector<double> levels;
    };
    const double times[] = {0, .1, .25, .5, .75, .9, 1};
    const Row rows[] = {
        {-3, 3, 1.0, {1, 0.96050722, 0.85085355, 0.5, 0.14914645, 0.039492783, 1e-9}},
        {0, 3, 0.2, {1, 0.36485066, 0.045954156, 0.0011049461, 2.5402468e-05, 2.1301113e-06, 1e-9}},
        {0, 3, 0.3, {1, 0.53784088, 0.15163933, 0.013296113, 0.0010148537, 0.00015600758, 1e-9}},
        {0, 3, 0.5, {1, 0.70723962, 0.36169447, 0.090353319, 0.017113268, 0.0040674144, 1e-9}},
        {0, 3, 1.0, {1, 0.8355131, 0.60408983, 0.2982929, 0.10589114, 0.034353451, 1e-9}}};
    for (const Row& row : rows) {
        const Schedule schedule({.start = row.start, .end = row.end, .tau = row.tau});
        for (std::size_t k = 0; k < std::size(times); ++k) {
            CAPTURE(row.tau);
            CAPTURE(times[k]);
            CHECK(prints_as(schedule.curve(times[k]), row.levels[k], 8));
        }
    }
}

TEST_CASE("cosine and linear give the reference values to every printed digit") {
    const double times[] = {0, .1, .25, .5, .75, .9, 1};
    const double cosine[] = {1, 0.975528258148, 0.853553390593, 0.5, 0.146446609407, 0.0244717418524, 1e-9};
    const double linear[] = {1, 0.9, 0.75, 0.5, 0.25, 0.1, 1e-9};
    for (std::size_t k = 0; k < std::size(times); ++k) {
        CHECK(prints_as(Schedule({.curve = Curve::cosine}).curve(times[k]), cosine[k], 12));
        CHECK(prints_as(Schedule({.curve = Curve::linear}).curve(times[k]), linear[k], 12));
    }
}

TEST_CASE("levels agree with 50-digit arithmetic to 1e-12 of their value") {
    // The formula itself, a difference of two numbers near 1, costs an absolute 4e-16 in float64 where n is
    // tiny.
    for (const auto& row : kScheduleReference) {
        CAPTURE(row.tau);
        CAPTURE(row.time);
        const Schedule schedule({.curve = row.curve,
                                 .duration = row.duration,
                                 .start = row.start,
                                 .end = row.end,
                                 .tau = row.tau,
                                 .clip_min = 0});
        CHECK(std::abs(schedule.level(row.time, 0) - row.level) <= std::max(1e-12 * row.level, 4e-16));
    }
}

TEST_CASE("data is exactly clean from the schedule's end on, and only the schedule's clock counts") {
    CHECK(images().level(29'999, 1'000'000) > 0);
    CHECK(images().level(30'000, 0) == 0);
    CHECK(images().level(std::uint64_t{1} << 43, 0) == 0);
    CHECK(images().clean_from() == 30'000);
    CHECK(tables().level(1'000'000, 149) > 0);
    CHECK(tables().level(0, 150) == 0);
    const Schedule constant({.curve = Curve::constant, .duration = 10, .level = 0.25});
    CHECK(constant.level(0, 0) == 0.25);
    CHECK(constant.level(9, 0) == 0.25);
    CHECK(constant.level(10, 0) == 0);
}

TEST_CASE("a staircase has treads of equal length and height, with edges where integers put them") {
    // 0.29·100 rounds to 28.999…: tread 29 still begins at tick 29.
    const Schedule schedule({.curve = Curve::step, .duration = 100, .treads = 100});
    for (std::uint64_t t = 0; t < 100; ++t) {
        CHECK(schedule.level(t, 0) == 1 - static_cast<double>(t) / 100);
    }
    const Schedule three({.curve = Curve::step, .duration = 30, .treads = 3});
    CHECK(three.level(9, 0) == 1);
    CHECK(three.level(10, 0) == doctest::Approx(2.0 / 3));
    CHECK(three.level(29, 0) == doctest::Approx(1.0 / 3));
}

TEST_CASE("a level never increases with time and stays between clip_min and 1") {
    CHECK(rc::check([] {
        ScheduleOptions options;
        options.curve =
            *rc::gen::element(Curve::sigmoid, Curve::cosine, Curve::linear, Curve::constant, Curve::step);
        options.duration = *rc::gen::inRange<std::uint64_t>(1, 1'000'000);
        options.treads = *rc::gen::inRange<std::uint64_t>(1, 1000);
        options.clip_min = *rc::gen::element(0.0, 1e-9, 0.1);
        options.level = 0.1 + *rc::gen::inRange(0, 91) / 100.0;
        if (options.curve == Curve::sigmoid) {
            options.start = *rc::gen::inRange(-40, 20) / 10.0;
            options.end = *options.start + *rc::gen::inRange(1, 60) / 10.0;
            options.tau = *rc::gen::inRange(2, 30) / 10.0;
        } else if (options.curve == Curve::cosine) {
            options.start = *rc::gen::inRange(0, 50) / 100.0;
            options.end = *rc::gen::inRange(51, 101) / 100.0;
            options.tau = *rc::gen::inRange(2, 30) / 10.0;
        }
        const Schedule schedule(options);
        const auto first = *rc::gen::inRange<std::uint64_t>(0, options.duration);
        const auto second = *rc::gen::inRange<std::uint64_t>(first, options.duration + 1);
        const double before = schedule.level(first, 0);
        const double after = schedule.level(second, 0);
        RC_ASSERT(before <= 1);
        RC_ASSERT(before >= options.clip_min);
        RC_ASSERT(after <= before);
    }));
}

TEST_CASE("options that cannot work are refused, with every problem at once") {
    try {
        Schedule({.duration = 0, .start = 3, .end = 0, .tau = 0, .clip_min = 2, .level = -1, .treads = 0});
        FAIL("accepted");
    } catch (const ConfigError& error) {
        CHECK(error.problems().size() == 6);
        CHECK(std::string(error.what()).find("duration") != std::string::npos);
        CHECK(std::string(error.what()).find("tau") != std::string::npos);
    }
    CHECK_THROWS_AS(Schedule({.tau = std::nan("")}), ConfigError);
    CHECK_THROWS_AS(Schedule({.clip_min = std::nan("")}), ConfigError);
    CHECK_THROWS_AS(Schedule({.curve = Curve::linear, .tau = 0.5}), ConfigError);
    CHECK_THROWS_AS(Schedule({.curve = Curve::cosine, .end = 1.5}), ConfigError);
    CHECK_THROWS_AS(Schedule({.start = 200, .end = 300}), ConfigError);  // flat in float64
}
