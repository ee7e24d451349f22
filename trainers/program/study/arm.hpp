#pragma once
/// \file The arms of a study: the trainings that it compares, by name.

#include <string>
#include <vector>

#include <mollify/trainers/program/config/config.hpp>

namespace mollify {

/// One training of a study, as its difference from the study's configuration.
struct Arm {
    std::string name;                        ///< of its column, and of its folders: <name>-seed<seed>
    std::vector<std::string> settings = {};  ///< "section.key=value", as for --set
};

/// What a study compares unless it is told otherwise: "vanilla", without mollification, and "mollified", which is the
/// configuration itself.
std::vector<Arm> default_arms();

/// An arm by the name of a kind of mollification: "vanilla" for none, otherwise called as the kind.
Arm arm_of_kind(const std::string& kind);

/// "NAME:section.key=value[,section.key=value]"; commas in brackets and quotes belong to a value. Throws ConfigError.
Arm parse_arm(const std::string& text);

/// The configuration of an arm, whatever is wrong with it added to `found`, by the arm's name.
Config arm_config(const Config& config, const Arm& arm, std::vector<std::string>& found);

/// Everything that is wrong with a list of arms: fewer than two, names that cannot be or are there twice, settings
/// that cannot be or that are the study's own affair, arms that are the same training.
std::vector<std::string> problems(const Config& config, const std::vector<Arm>& arms);

}  // namespace mollify
