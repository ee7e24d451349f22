#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include <mollify/stages/error.hpp>
#include <mollify/stages/schedule.hpp>

namespace mollify {
namespace {

// Their product fits 64 bits, so that the treads of a staircase are computed in integers.
constexpr std::uint64_t kMostTicks = std::uint64_t{1} << 44;
constexpr std::uint64_t kMostTreads = 1'000'000;

double logistic(double z) { return 1 / (1 + std::exp(-z)); }

/// The monotone function that sigmoid and cosine normalize to run from 1 to 0.
double profile(Curve curve, double u, const ScheduleOptions& options) {
    const double z = u * (*options.end - *options.start) + *options.start;
    if (curve == Curve::sigmoid) return logistic(z / *options.tau);
    // Rounding may leave cos(π/2) a hair from 0 on the wrong side, of which no real power exists.
    return std::pow(std::max(0.0, std::cos(z * std::numbers::pi / 2)), 2 * *options.tau);
}

}  // namespace

const char* to_string(Curve curve) {
    switch (curve) {
        case Curve::sigmoid:
            return "sigmoid";
        case Curve::cosine:
            return "cosine";
        case Curve::linear:
            return "linear";
        case Curve::constant:
            return "constant";
        case Curve::step:
            return "step";
    }
    return "unknown";
}

const char* to_string(Clock clock) { return clock == Clock::iteration ? "iteration" : "epoch"; }

Schedule::Schedule(const ScheduleOptions& options) : options_(options) {
    std::vector<std::string> problems;
    const auto require = [&](bool holds, const char* problem) {
        if (!holds) problems.push_back(std::string("schedule: ") + problem);
    };
    const bool has_profile = options.curve == Curve::sigmoid || options.curve == Curve::cosine;
    const bool sigmoid = options.curve == Curve::sigmoid;
    if (has_profile) {
        options_.start = options.start.value_or(0.0);
        options_.end = options.end.value_or(sigmoid ? 3.0 : 1.0);
        options_.tau = options.tau.value_or(sigmoid ? 0.7 : 1.0);
        const double start = *options_.start;
        const double end = *options_.end;
        require(std::isfinite(start) && std::isfinite(end) && start < end,
                "start must be finite and below end");
        require(std::isfinite(*options_.tau) && *options_.tau > 0, "tau must be finite and above 0");
        require(sigmoid || (start >= 0 && end <= 1), "start and end of a cosine must be in [0, 1]");
    } else {
        require(!options.start && !options.end && !options.tau,
                "start, end and tau belong to the sigmoid and cosine curves only");
    }
    require(options.duration >= 1 && options.duration <= kMostTicks, "duration must be from 1 to 2^44");
    require(options.clip_min >= 0 && options.clip_min <= 1, "clip_min must be in [0, 1]");
    require(options.level >= 0 && options.level <= 1, "level must be in [0, 1]");
    require(options.treads >= 1 && options.treads <= kMostTreads, "treads must be from 1 to 1,000,000");
    if (problems.empty() && has_profile) {
        value_at_start_ = profile(options.curve, 0, options_);
        value_at_end_ = profile(options.curve, 1, options_);
        require(value_at_start_ != value_at_end_,
                "the curve is flat between start and end: change them, or tau");
    }
    if (!problems.empty()) throw ConfigError(std::move(problems));
}

double Schedule::curve(double u) const {
    const auto treads = static_cast<double>(options_.treads);
    double level = 0;
    switch (options_.curve) {
        case Curve::sigmoid:
        case Curve::cosine:
            level =
                (value_at_end_ - profile(options_.curve, u, options_)) / (value_at_end_ - value_at_start_);
            break;
        case Curve::linear:
            level = 1 - u;
            break;
        case Curve::constant:
            level = options_.level;
            break;
        case Curve::step:
            level = 1 - std::floor(u * treads) / treads;
            break;
    }
    return std::clamp(level, options_.clip_min, 1.0);
}

double Schedule::level(Iteration iteration, Epoch epoch) const {
    const std::uint64_t time = options_.clock == Clock::iteration ? iteration : epoch;
    if (time >= options_.duration) return 0;
    if (options_.curve == Curve::step) {
        // At the edges of treads t/duration·treads may round to the wrong side of an integer.
        const std::uint64_t tread = time * options_.treads / options_.duration;
        const double height = static_cast<double>(tread) / static_cast<double>(options_.treads);
        return std::clamp(1 - height, options_.clip_min, 1.0);
    }
    return curve(static_cast<double>(time) / static_cast<double>(options_.duration));
}

}  // namespace mollify
