#pragma once
/// \file The value of a key as TOML. A type of value is known here and nowhere else in the configuration.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <toml++/toml.h>

#include <mollify/pipeline/bad_samples.hpp>
#include <mollify/stages/schedule.hpp>
#include <mollify/trainers/models/key.hpp>

namespace mollify {

/// Sets `value`. \returns what is wrong with the node, and then `value` stays; empty where nothing is
std::string assign(const toml::node& node, std::string& value);
std::string assign(const toml::node& node, bool& value);
std::string assign(const toml::node& node, double& value);
std::string assign(const toml::node& node, std::int64_t& value);
std::string assign(const toml::node& node, std::uint64_t& value);
std::string assign(const toml::node& node, KeyValue& value);  ///< of the type that it has
std::string assign(const toml::node& node, std::optional<double>& value);
std::string assign(const toml::node& node, std::vector<std::uint64_t>& value);
std::string assign(const toml::node& node, BadSamplePolicy& value);
std::string assign(const toml::node& node, Curve& value);
std::string assign(const toml::node& node, Clock& value);

/// In TOML, numbers by the shortest digits that read back as the same; empty for what is not set.
std::string text(const std::string& value);
std::string text(bool value);
std::string text(double value);
std::string text(std::int64_t value);
std::string text(std::uint64_t value);
std::string text(const KeyValue& value);
std::string text(const std::optional<double>& value);
std::string text(const std::vector<std::uint64_t>& value);
std::string text(BadSamplePolicy value);
std::string text(Curve value);
std::string text(Clock value);

}  // namespace mollify
