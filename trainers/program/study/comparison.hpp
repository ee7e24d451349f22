#pragma once
/// \file Vanilla against mollified over seeds, in the form of the paper's tables.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace mollify {

/// Mean and sample standard deviation (n-1) of the values that are there.
struct Spread {
    std::size_t count = 0;
    std::size_t missing = 0;          ///< values that were not finite, or absent
    double mean = 0;                  ///< of `count` values
    std::optional<double> deviation;  ///< absent for fewer than two
};

Spread spread(std::span<const std::optional<double>> values);

/// "-11.45 ± 0.38", with "(1 of 4 not finite)" where values are missing, "not finite" where all are.
std::string to_string(const Spread& spread, int digits);

/// One quantity, measured in both trainings of every seed.
struct ComparedQuantity {
    std::string name;
    std::optional<double> truth = {};                   ///< what a perfect model has; absent where unknown
    std::vector<std::optional<double>> vanilla = {};    ///< one per seed
    std::vector<std::optional<double>> mollified = {};  ///< the same seeds
    int digits = 2;                                     ///< after the point
};

/// Seeds in which the mollified run is better: above, or with a truth nearer to it. A missing value loses
/// against one that is there.
std::size_t seeds_ahead(const ComparedQuantity& quantity);
/// The same for vanilla; ties count for neither.
std::size_t seeds_behind(const ComparedQuantity& quantity);

/// A Markdown table that also reads well as text: name, truth where one is known, vanilla, mollified, and in
/// how many seeds the mollified run is better.
std::string comparison_table(std::span<const ComparedQuantity> quantities);

void to_json(nlohmann::json& json, const ComparedQuantity& quantity);

}  // namespace mollify
