#pragma once
/// \file Two-dimensional distributions that are known exactly, and data sets drawn from them.

#include <array>
#include <cstddef>
#include <cstdint>
#include <numbers>

#include <mollify/datasets/array_dataset.hpp>

namespace mollify {

using Point2 = std::array<double, 2>;

/// A point and the class that it was drawn from.
struct LabelledPoint {
    Point2 point;
    Label label;
};

/// The equal mixture of two isotropic Gaussians N((0, ±m), s²·I): two modes with almost no mass between them.
/// All members are pure and thread-safe. Logarithms are natural (nats).
class GaussianMixture {
  public:
    static constexpr const char* kName = "gaussian-mixture";

    /// `mode` is m, `deviation` is s. Throws ConfigError unless both are finite, s > 0 and m ≥ 0.
    explicit GaussianMixture(double mode = 4.5, double deviation = 1.0);

    /// A function of (seed, id) alone. Label 0 is the mode at +m, label 1 that at -m. Uses the C library's
    /// log and cosine, so that the last bit of a value may differ between machines with other C libraries.
    /// Throws SampleError for an id from 2^44 on.
    LabelledPoint sample(std::uint64_t seed, SampleId id) const;

    double log_density(const Point2& point) const;
    /// The gradient of log_density.
    Point2 score(const Point2& point) const;
    /// Differential entropy, -E[log_density], to about 1e-12.
    double entropy() const;

    double mode() const { return mode_; }
    double deviation() const { return deviation_; }

  private:
    double mode_;
    double deviation_;
};

/// Points (cos θ, sin θ) on the unit circle with θ ~ von Mises(0, κ): data on a one-dimensional manifold,
/// without a density in the plane. Densities are those of the angle. All members are pure and thread-safe.
class VonMisesCircle {
  public:
    static constexpr const char* kName = "von-mises";
    static constexpr double kLeast = 1e-300;

    /// Throws ConfigError unless 0 < κ ≤ 100. A κ below kLeast, where 1/κ may not be finite and the angle is long
    /// uniform, counts as kLeast.
    explicit VonMisesCircle(double concentration = 1.0);

    /// A function of (seed, id) alone (Best and Fisher 1979, rejection); the label is kNoLabel. The notes
    /// about the last bit and the ids of GaussianMixture::sample hold here too.
    LabelledPoint sample(std::uint64_t seed, SampleId id) const;

    /// κ cos θ - log(2π I0(κ)).
    double log_density(double angle) const;
    /// Its derivative, -κ sin θ.
    double score(double angle) const;
    /// P(angle of a sample ≤ θ) for θ in [-π, π], to about 1e-12.
    double cumulative(double angle) const;
    /// Differential entropy of the angle, log(2π I0(κ)) - κ I1(κ)/I0(κ).
    double entropy() const;

    double concentration() const { return concentration_; }

  private:
    double concentration_;
    double log_normalizer_;
};

struct SynthesisOptions {
    std::size_t count = 10'000;  ///< samples, with the ids first_id, first_id+1, …; at least 1
    std::uint64_t seed = 0;
    SampleId first_id =
        0;  ///< parts with ids that do not overlap are independent: 0 to train, 2^32 to test, say
};

/// `options.count` samples as a data set of two float32 values each, in memory. Throws ConfigError for a
/// count of 0, and for ids that do not end at or below 2^44.
ArrayDataset synthesize(const GaussianMixture& distribution, const SynthesisOptions& options = {});
ArrayDataset synthesize(const VonMisesCircle& distribution, const SynthesisOptions& options = {});

}  // namespace mollify
