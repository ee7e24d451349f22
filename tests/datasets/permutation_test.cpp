#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <mollify/datasets/permutation.hpp>

using namespace mollify;

namespace {

/// Pearson's statistic of `counts` against `expected` each, as a deviate: (X² - k)/sqrt(2k) for k degrees of
/// freedom.
double chi_square_deviate(const std::vector<double>& counts, double expected, double degrees) {
    double statistic = 0;
    for (const double count : counts) statistic += (count - expected) * (count - expected) / expected;
    return (statistic - degrees) / std::sqrt(2 * degrees);
}

// Seeds are fixed: a deviate beyond 5 means a change for the worse, not bad luck (for the smallest number of
// degrees used here, 2, P(deviate > 5) = 0.0025; for the others it is below 1e-4).
constexpr double kLargestDeviate = 5;

}  // namespace

TEST_CASE("a permutation visits every element exactly once, for every size") {
    for (std::uint64_t size = 1; size <= 300; ++size) {
        CAPTURE(size);
        const Permutation order(size, 7, 3);
        std::vector<bool> seen(size);
        for (std::uint64_t i = 0; i < size; ++i) {
            REQUIRE(order(i) < size);
            REQUIRE_FALSE(seen[order(i)]);
            seen[order(i)] = true;
        }
    }
}

TEST_CASE("a permutation of any size, seed and epoch is one") {
    CHECK(rc::check([] {
        const auto size = *rc::gen::inRange<std::uint64_t>(1, 70'000);
        const auto seed = *rc::gen::arbitrary<std::uint64_t>();
        const auto epoch = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
        const Permutation order(size, seed, epoch);
        std::vector<bool> seen(size);
        for (std::uint64_t i = 0; i < size; ++i) {
            const auto element = order(i);
            RC_ASSERT(element < size);
            RC_ASSERT(!seen[element]);
            seen[element] = true;
        }
    }));
}

TEST_CASE("positions in the largest sets stay distinct and in range") {
    for (const std::uint64_t size :
         {(std::uint64_t{1} << 44) - 1, (std::uint64_t{1} << 44), std::uint64_t{4294967297}}) {
        const Permutation order(size, 1, 0);
        std::vector<std::uint64_t> elements;
        for (std::uint64_t i = 0; i < 1000; ++i) {
            elements.push_back(order(i * (size / 1000)));
            elements.push_back(order(size - 1 - i));
        }
        CHECK(*std::max_element(elements.begin(), elements.end()) < size);
        std::sort(elements.begin(), elements.end());
        CHECK(std::adjacent_find(elements.begin(), elements.end()) == elements.end());
    }
}

TEST_CASE("every element takes every position equally often over the epochs") {
    for (const std::uint64_t size : {2, 3, 4, 5, 7, 8, 10, 13, 16, 17, 30, 64, 100}) {
        CAPTURE(size);
        constexpr int kEpochs = 20'000;
        std::vector<double> counts(size * size);
        for (int epoch = 0; epoch < kEpochs; ++epoch) {
            const Permutation order(size, 99, static_cast<std::uint64_t>(epoch));
            for (std::uint64_t i = 0; i < size; ++i) ++counts[i * size + order(i)];
        }
        // Rows and columns sum to the number of epochs: (size - 1)² cells are free.
        const double free = static_cast<double>((size - 1) * (size - 1));
        const double deviate =
            chi_square_deviate(counts, static_cast<double>(kEpochs) / static_cast<double>(size), free);
        CHECK(deviate < kLargestDeviate);
    }
}

TEST_CASE("all orders of a small set are equally frequent") {
    for (const std::uint64_t size : {3, 4, 5}) {
        CAPTURE(size);
        constexpr int kEpochs = 60'000;
        std::map<std::vector<std::uint64_t>, double> frequency;
        for (int epoch = 0; epoch < kEpochs; ++epoch) {
            const Permutation order(size, 5, static_cast<std::uint64_t>(epoch));
            std::vector<std::uint64_t> elements;
            for (std::uint64_t i = 0; i < size; ++i) elements.push_back(order(i));
            ++frequency[elements];
        }
        std::vector<double> counts;
        for (const auto& [elements, count] : frequency) counts.push_back(count);
        const double orders = std::tgamma(static_cast<double>(size) + 1);
        REQUIRE(static_cast<double>(counts.size()) == orders);
        CHECK(chi_square_deviate(counts, kEpochs / orders, orders - 1) < kLargestDeviate);
    }
}

TEST_CASE("neighbouring positions hold unrelated elements") {
    // Pairs (element at i, element at i+1) fall evenly into a grid of 8×8, and so do those eight apart.
    for (const std::uint64_t size : {1296, 4760, 50'000}) {
        for (const std::uint64_t apart : {1, 2, 8}) {
            CAPTURE(size);
            CAPTURE(apart);
            std::vector<double> counts(64);
            double pairs = 0;
            for (std::uint64_t epoch = 0; epoch < 20; ++epoch) {
                const Permutation order(size, 1, epoch);
                for (std::uint64_t i = 0; i + apart < size; ++i, ++pairs) {
                    ++counts[8 * (order(i) * 8 / size) + order(i + apart) * 8 / size];
                }
            }
            CHECK(chi_square_deviate(counts, pairs / 64, 49) < kLargestDeviate);
        }
    }
}

TEST_CASE("neighbouring epochs and seeds give unrelated orders") {
    constexpr std::uint64_t kSize = 4096;
    const auto deviate = [](const Permutation& a, const Permutation& b) {
        double fixed = 0;  // positions that agree: Poisson(1)
        std::vector<double> counts(64);
        for (std::uint64_t i = 0; i < kSize; ++i) {
            fixed += a(i) == b(i);
            ++counts[8 * (a(i) * 8 / kSize) + b(i) * 8 / kSize];
        }
        CHECK(fixed < 9);
        return chi_square_deviate(counts, kSize / 64.0, 49);
    };
    double sum = 0;
    constexpr int kPairs = 200;
    for (std::uint64_t k = 0; k < kPairs; ++k) {
        sum += deviate(Permutation(kSize, 3, k), Permutation(kSize, 3, k + 1));
        sum += deviate(Permutation(kSize, k, 3), Permutation(kSize, k + 1, 3));
    }
    CHECK(std::fabs(sum / std::sqrt(2.0 * kPairs)) < kLargestDeviate);
}
