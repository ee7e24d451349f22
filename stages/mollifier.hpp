#pragma once
/// \file Gaussian mollification, the stage that this project is about.

#include <cstdint>

#include <mollify/stages/batch.hpp>
#include <mollify/stages/normalize.hpp>
#include <mollify/stages/schedule.hpp>

namespace mollify {

/// x~ = sqrt(1-n)·x + sqrt(n)·e with e ~ N(0, 1), where n is the schedule's level at the batch's own
/// iteration (or epoch) and e a pure function of (seed, iteration, sample id, element): Tran et al., NeurIPS
/// 2023. In place on values. From the schedule's end on a batch passes untouched.
class GaussianMollifier {
  public:
    static constexpr const char* kName = "mollify";

    GaussianMollifier(Schedule schedule, std::uint64_t seed) : schedule_(schedule), seed_(seed) {}

    void operator()(Batch& batch) const;
    Format output(const Format& input) const;

    const Schedule& schedule() const { return schedule_; }
    std::uint64_t seed() const { return seed_; }

  private:
    Schedule schedule_;
    std::uint64_t seed_;
};

/// Normalize, then mollify, in one pass over memory: bytes (or values) in, values out, the same bits as the
/// two stages one after the other.
class NormalizedMollifier {
  public:
    static constexpr const char* kName = "normalize+mollify";

    NormalizedMollifier(Normalize normalize, GaussianMollifier mollifier)
        : normalize_(std::move(normalize)), mollifier_(mollifier) {}

    void operator()(Batch& batch) const;
    Format output(const Format& input) const { return normalize_.output(input); }

    const Normalize& normalize() const { return normalize_; }
    const GaussianMollifier& mollifier() const { return mollifier_; }

  private:
    Normalize normalize_;
    GaussianMollifier mollifier_;
};

inline NormalizedMollifier fuse(const Normalize& first, const GaussianMollifier& second) {
    return {first, second};
}

}  // namespace mollify
