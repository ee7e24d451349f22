/// The normals against the normal distribution. Seeds are fixed, so these tests give the same answer every
/// time; bounds are 5 standard errors (one false alarm in 1.7 million) unless another is stated.
#include <array>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/stages/gaussian.hpp>

using namespace mollify;

namespace {

double upper_tail(double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)); }

/// Correlation of paired numbers whose mean is 0 and variance `variance`, in standard errors 1/sqrt(n).
class Correlation {
  public:
    void add(double x, double y) {
        plain_ += x * y;
        squares_ += (x * x - 1) * (y * y - 1) / 2;
        ++count_;
    }
    double plain() const { return plain_ / std::sqrt(static_cast<double>(count_)); }
    /// Of the squares: sees pairs that share a radius but are otherwise uncorrelated.
    double squares() const { return squares_ / std::sqrt(static_cast<double>(count_)); }

  private:
    double plain_ = 0;
    double squares_ = 0;
    std::size_t count_ = 0;
};

}  // namespace

TEST_CASE("10^8 normals have the moments, the tails and the distribution of the normal law") {
    constexpr std::size_t kSample = 100'000;
    constexpr std::size_t kSamples = 1000;
    constexpr double kNormals = double{kSample} * kSamples;
    // 2^14 cells over [-8, 8): the empirical distribution function is compared at their edges.
    constexpr int kCells = 1 << 14;
    std::vector<std::uint64_t> cells(kCells);
    std::array<double, 5> sum{};
    std::vector<float> z(kSample);
    for (SampleId sample = 0; sample < kSamples; ++sample) {
        fill_normals(z, {2023, 17, sample});
        std::array<double, 5> part{};
        for (const float value : z) {
            const double x = value;
            part[1] += x;
            part[2] += x * x;
            part[3] += x * x * x;
            part[4] += x * x * x * x;
            ++cells[static_cast<std::size_t>((x + 8) * (kCells / 16.0))];
        }
        for (int k = 1; k <= 4; ++k) sum[k] += part[k];
    }
    const double mean = sum[1] / kNormals;
    const double second = sum[2] / kNormals;
    const double variance = second - mean * mean;
    const double third = sum[3] / kNormals - 3 * mean * second + 2 * std::pow(mean, 3);
    const double fourth =
        sum[4] / kNormals - 4 * mean * sum[3] / kNormals + 6 * mean * mean * second - 3 * std::pow(mean, 4);
    CHECK(std::abs(mean) < 5 / std::sqrt(kNormals));
    CHECK(std::abs(variance - 1) < 5 * std::sqrt(2 / kNormals));
    CHECK(std::abs(third / std::pow(variance, 1.5)) < 5 * std::sqrt(6 / kNormals));      // skewness
    CHECK(std::abs(fourth / (variance * variance) - 3) < 5 * std::sqrt(24 / kNormals));  // excess kurtosis

    double below = 0;
    double distance = 0;
    std::array<double, 7> under{};  // number below -k
    std::array<double, 7> over{};   // number at or above k
    for (int cell = 0; cell < kCells; ++cell) {
        const double edge = cell / (kCells / 16.0) - 8;
        distance = std::max(distance, std::abs(below / kNormals - upper_tail(-edge)));
        for (int k = 0; k < 7; ++k) {
            if (edge == -k) under[k] = below;
            if (edge == k) over[k] = kNormals - below;
        }
        below += static_cast<double>(cells[cell]);
    }
    // Kolmogorov-Smirnov: P(sqrt(n)·D > 2.7) = 2·exp(-2·2.7²) = 9e-7.
    CHECK(std::sqrt(kNormals) * distance < 2.7);
    for (int k = 0; k <= 5; ++k) {
        CAPTURE(k);
        const double p = upper_tail(k);
        CHECK(std::abs(under[k] - kNormals * p) < 5 * std::sqrt(kNormals * p * (1 - p)));
        CHECK(std::abs(over[k] - kNormals * p) < 5 * std::sqrt(kNormals * p * (1 - p)));
    }
    CHECK(under[6] + over[6] <= 5);  // expected 0.2, Poisson: P(more than 5) = 7e-8
}

TEST_CASE("neighbouring elements, samples, iterations and seeds are uncorrelated, and so are their squares") {
    constexpr std::size_t kElements = 1 << 12;
    const auto draw = [](const NoiseAddress& address) {
        std::vector<float> z(kElements);
        fill_normals(z, address);
        return z;
    };
    constexpr std::size_t kLags[] = {1, 2, 15, 16, 17, 32, 48, 64, 128, 1024};
    std::array<Correlation, std::size(kLags)> lags;
    Correlation samples, iterations, seeds, swapped, high_seed;
    for (std::uint64_t k = 0; k < 500; ++k) {
        const auto base = draw({k, 1000 * k, 7 * k});
        const auto sample = draw({k, 1000 * k, 7 * k + 1});
        const auto iteration = draw({k, 1000 * k + 1, 7 * k});
        const auto seed = draw({k + 1, 1000 * k, 7 * k});
        const auto high = draw({k + (std::uint64_t{1} << 32), 1000 * k, 7 * k});
        const auto exchanged = draw({k, 7 * k, 1000 * k + 1});
        for (std::size_t e = 0; e < kElements; ++e) {
            for (std::size_t lag = 0; lag < std::size(kLags); ++lag) {
                if (e + kLags[lag] < kElements) lags[lag].add(base[e], base[e + kLags[lag]]);
            }
            samples.add(base[e], sample[e]);
            iterations.add(base[e], iteration[e]);
            seeds.add(base[e], seed[e]);
            high_seed.add(base[e], high[e]);
            swapped.add(base[e], exchanged[e]);
        }
    }
    for (std::size_t lag = 0; lag < std::size(kLags); ++lag) {
        CAPTURE(kLags[lag]);
        CHECK(std::abs(lags[lag].plain()) < 5);
        CHECK(std::abs(lags[lag].squares()) < 5);
    }
    for (const Correlation& pair : {samples, iterations, seeds, high_seed, swapped}) {
        CHECK(std::abs(pair.plain()) < 5);
        CHECK(std::abs(pair.squares()) < 5);
    }
}
