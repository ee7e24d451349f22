#pragma once
/// \file Trainings against each other over seeds, such as vanilla against mollified, in the form of the paper's tables.

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

/// What one arm of a comparison measured.
struct ArmValues {
    std::string name;
    std::vector<std::optional<double>> values = {};  ///< one per seed, the same seeds in every arm
};

/// One quantity, measured in every arm for every seed. The first arm is what the others are compared with.
struct ComparedQuantity {
    std::string name;
    std::optional<double> truth = {};  ///< what a perfect model has; absent where unknown
    std::vector<ArmValues> arms = {};  ///< at least one
    int digits = 2;                    ///< after the point
};

/// Seeds in which arms[arm] is better than the first: above, or with a truth nearer to it. A missing value loses
/// against one that is there.
std::size_t seeds_ahead(const ComparedQuantity& quantity, std::size_t arm);
/// Seeds in which it is worse; ties count for neither.
std::size_t seeds_behind(const ComparedQuantity& quantity, std::size_t arm);

/// A Markdown table that also reads well as text: name, truth where one is known, a column per arm, and for each arm
/// after the first in how many seeds it is better than that. All quantities have the same arms.
std::string comparison_table(std::span<const ComparedQuantity> quantities);

/// Keys: name, truth where one is known, the arms by their names, seeds_<arm>_better for each after the first, and how
/// often the first is better: seeds_<first>_better where there are two, seeds_<arm>_worse where there are more.
void to_json(nlohmann::json& json, const ComparedQuantity& quantity);

}  // namespace mollify
