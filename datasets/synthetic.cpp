#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <mollify/datasets/synthetic.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/kernel/philox.hpp>

namespace mollify {
namespace {

/// Which distribution words are for: it takes the iteration's place in their address.
enum class Words : std::uint64_t { gaussian_mixture = 0, von_mises = 1 };

PhiloxWords words(Words use, std::uint64_t seed, SampleId id, std::uint32_t block) {
    if (id >= kAddressLimit) {
        throw SampleError(id, "sample id " + std::to_string(id) + " has no random numbers: they end at 2^44");
    }
    return philox4x32(philox_counter(Stream::synthesize, static_cast<std::uint64_t>(use), id, block),
                      philox_key(seed));
}

/// 53 bits in the middle of their interval: never 0, never 1.
double uniform(std::uint32_t high, std::uint32_t low) {
    return (static_cast<double>((std::uint64_t{high} << 32 | low) >> 11) + 0.5) * 0x1p-53;
}

/// Best and Fisher's r = (1+ρ²)/2ρ, which fits their envelope to von Mises' density with concentration κ. For
/// small κ, where ρ is a difference of almost equal numbers, the beginning of its series, exact to κ³.
double envelope(double kappa) {
    if (kappa < 1e-5) return 1 / kappa + kappa;
    const double tau = 1 + std::sqrt(1 + 4 * kappa * kappa);
    const double rho = (tau - std::sqrt(2 * tau)) / (2 * kappa);
    return (1 + rho * rho) / (2 * rho);
}

template <class Distribution>
ArrayDataset synthesized(const Distribution& distribution, const SynthesisOptions& options) {
    if (options.count == 0)
        throw ConfigError(std::string(Distribution::kName) + ": a count of 0 samples is no data set");
    if (options.first_id > kAddressLimit || options.count > kAddressLimit - options.first_id) {
        throw ConfigError(std::string(Distribution::kName) + ": " + std::to_string(options.count) +
                          " samples from id " + std::to_string(options.first_id) +
                          " on: ids end at 2^44, where random numbers have no addresses left");
    }
    std::vector<float> values;
    std::vector<Label> labels;
    values.reserve(2 * options.count);
    labels.reserve(options.count);
    for (std::size_t i = 0; i < options.count; ++i) {
        const auto [point, label] = distribution.sample(options.seed, options.first_id + i);
        values.push_back(static_cast<float>(point[0]));
        values.push_back(static_cast<float>(point[1]));
        labels.push_back(label);
    }
    return {Distribution::kName, SampleShape::features(2), std::move(values), std::move(labels)};
}

}  // namespace

GaussianMixture::GaussianMixture(double mode, double deviation) : mode_(mode), deviation_(deviation) {
    if (!(mode >= 0) || !std::isfinite(mode) || !(deviation > 0) || !std::isfinite(deviation)) {
        throw ConfigError(
            "gaussian-mixture: the mode must be finite and not negative, the deviation finite and above 0");
    }
}

LabelledPoint GaussianMixture::sample(std::uint64_t seed, SampleId id) const {
    const auto normals = words(Words::gaussian_mixture, seed, id, 0);
    const Label label = static_cast<Label>(words(Words::gaussian_mixture, seed, id, 1)[0] >> 31);
    const double radius = deviation_ * std::sqrt(-2 * std::log(uniform(normals[0], normals[1])));
    const double angle = 2 * std::numbers::pi * uniform(normals[2], normals[3]);
    const double centre = label == 0 ? mode_ : -mode_;
    return {{radius * std::cos(angle), centre + radius * std::sin(angle)}, label};
}

double GaussianMixture::log_density(const Point2& point) const {
    // With y the coordinate along the modes: log cosh(my/s²) = |my/s²| + log1p(exp(-2|my/s²|)) - log 2.
    const double variance = deviation_ * deviation_;
    const double slope = std::fabs(mode_ * point[1]) / variance;
    const double squares = point[0] * point[0] + point[1] * point[1] + mode_ * mode_;
    return -std::log(2 * std::numbers::pi * variance) - squares / (2 * variance) + slope +
           std::log1p(std::exp(-2 * slope)) - std::numbers::ln2;
}

Point2 GaussianMixture::score(const Point2& point) const {
    const double variance = deviation_ * deviation_;
    return {-point[0] / variance, (mode_ * std::tanh(mode_ * point[1] / variance) - point[1]) / variance};
}

double GaussianMixture::entropy() const {
    // The coordinates are independent; the one across the modes is Gaussian, the other needs an integral. The
    // trapezoidal rule converges faster than any power for a smooth function that dies out at both ends.
    constexpr int kIntervals = 4000;
    const double end = mode_ + 12 * deviation_;
    const double step = 2 * end / kIntervals;
    const double log_across =
        -0.5 * std::log(2 * std::numbers::pi * deviation_ * deviation_);  // at coordinate 0
    double along = 0;
    for (int i = 0; i <= kIntervals; ++i) {
        const double log_density_along = log_density({0, i * step - end}) - log_across;
        along -= step * std::exp(log_density_along) * log_density_along;
    }
    return 0.5 - log_across + along;
}

VonMisesCircle::VonMisesCircle(double concentration) : concentration_(std::max(concentration, kLeast)) {
    if (!(concentration > 0) || concentration > 100) {
        throw ConfigError("von-mises: the concentration must be above 0 and at most 100");
    }
    log_normalizer_ = std::log(2 * std::numbers::pi * std::cyl_bessel_i(0.0, concentration_));
}

LabelledPoint VonMisesCircle::sample(std::uint64_t seed, SampleId id) const {
    // Best and Fisher, "Efficient simulation of the von Mises distribution", Applied Statistics 28, 1979.
    const double r = envelope(concentration_);
    for (std::uint32_t block = 0;; block += 2) {  // each try has words of its own
        const auto first = words(Words::von_mises, seed, id, block);
        const auto second = words(Words::von_mises, seed, id, block + 1);
        const double z = std::cos(std::numbers::pi * uniform(first[0], first[1]));
        const double f = (1 + r * z) / (r + z);
        const double c = concentration_ * (r - f);
        const double u = uniform(first[2], first[3]);
        if (c * (2 - c) - u > 0 || std::log(c / u) + 1 - c >= 0) {
            const double sine = std::sqrt(std::max(0.0, 1 - f * f));
            return {{f, second[0] >> 31 ? -sine : sine}, kNoLabel};
        }
    }
}

double VonMisesCircle::log_density(double angle) const {
    return concentration_ * std::cos(angle) - log_normalizer_;
}

double VonMisesCircle::score(double angle) const { return -concentration_ * std::sin(angle); }

double VonMisesCircle::cumulative(double angle) const {
    // The Fourier series of the density, integrated: 1/2 + θ/2π + Σ I_j(κ)/(I_0(κ) j π) sin(jθ).
    const double at_zero = std::cyl_bessel_i(0.0, concentration_);
    double sum = 0.5 + angle / (2 * std::numbers::pi);
    for (int j = 1;; ++j) {
        const double term =
            std::cyl_bessel_i(static_cast<double>(j), concentration_) / (at_zero * j * std::numbers::pi);
        if (term < 1e-16) return sum;
        sum += term * std::sin(j * angle);
    }
}

double VonMisesCircle::entropy() const {
    return log_normalizer_ -
           concentration_ * std::cyl_bessel_i(1.0, concentration_) / std::cyl_bessel_i(0.0, concentration_);
}

ArrayDataset synthesize(const GaussianMixture& distribution, const SynthesisOptions& options) {
    return synthesized(distribution, options);
}

ArrayDataset synthesize(const VonMisesCircle& distribution, const SynthesisOptions& options) {
    return synthesized(distribution, options);
}

}  // namespace mollify
