#pragma once
/// \file How much noise at which time: pure functions of the global iteration or the epoch.

#include <cstdint>
#include <optional>

#include <mollify/stages/batch.hpp>

namespace mollify {

/// The curve n(u) from noise (u = 0) to data (u = 1). With S(z) = 1/(1+exp(-z)) and c(z) = cos(zπ/2)^(2τ):
///   sigmoid   (S(end/τ) - S((u(end-start)+start)/τ)) / (S(end/τ) - S(start/τ)); start 0, end 3, τ 0.7
///   cosine    (c(end) - c(u(end-start)+start)) / (c(end) - c(start)); start 0, end 1, τ 1
///   linear    1 - u
///   constant  `level` for all u
///   step      a staircase of `treads` equal treads, 1 - floor(u·treads)/treads, with edges exact in integers
/// each clipped to [clip_min, 1], computed in float64 as written. Sigmoid and cosine after T. Chen, "On the Importance
/// of Noise Scheduling for Diffusion Models", arXiv 2301.10972, with time running towards clean data as in Tran et al.,
/// NeurIPS 2023. The C library's exp, cos and pow may differ in the last bit between machines; the float32 factors
/// that levels become (Mix::at_level) then differ in rare ties only.
enum class Curve { sigmoid, cosine, linear, constant, step };

/// What the time t of a schedule counts.
enum class Clock { iteration, epoch };

const char* to_string(Curve curve);
const char* to_string(Clock clock);

struct ScheduleOptions {
    Curve curve = Curve::sigmoid;
    Clock clock = Clock::iteration;
    std::uint64_t duration = 30'000;   ///< ticks, 1 to 2^44: u = t/duration; exactly clean data from then on
    std::optional<double> start = {};  ///< sigmoid and cosine; the curve's own default where absent
    std::optional<double> end = {};    ///< as start
    std::optional<double> tau = {};    ///< as start; above 0
    double clip_min = 1e-9;            ///< least level before `duration`, in [0, 1]
    double level = 0.5;                ///< constant: the level, in [0, 1]
    std::uint64_t treads = 10;         ///< step: number of treads, 1 to 1,000,000
};

/// A validated schedule. Immutable, thread-safe, nothing to checkpoint.
class Schedule {
  public:
    /// Throws ConfigError with every problem of `options`.
    explicit Schedule(const ScheduleOptions& options);

    /// The curve itself for u in [0, 1], before the cut at `duration`. \returns n in [clip_min, 1]
    double curve(double u) const;

    /// The noise level n of a batch: the variance of the noise in x~ = sqrt(1-n)·x + sqrt(n)·e, in [0, 1];
    /// exactly 0 from `duration` on. Only the clock that the schedule is keyed by is looked at.
    double level(Iteration iteration, Epoch epoch) const;
    double level(const Batch& batch) const { return level(batch.iteration(), batch.epoch()); }

    /// The first tick of the clock at which data is exactly clean.
    std::uint64_t clean_from() const { return options_.duration; }
    const ScheduleOptions& options() const { return options_; }

  private:
    ScheduleOptions options_;  // start, end and tau resolved
    double value_at_start_ = 0;
    double value_at_end_ = 0;
};

}  // namespace mollify
