#include <array>
#include <charconv>
#include <cmath>
#include <sstream>

#include <toml++/toml.h>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/program/config/toml_value.hpp>

namespace mollify {
namespace {

constexpr std::array kCurves{Curve::sigmoid, Curve::cosine, Curve::linear, Curve::constant, Curve::step};
constexpr std::array kClocks{Clock::iteration, Clock::epoch};

template <class E, std::size_t N>
std::vector<std::string> names(const std::array<E, N>& values) {
    std::vector<std::string> out;
    for (const E value : values) out.emplace_back(to_string(value));
    return out;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

template <class E, std::size_t N>
std::string assign_name(const toml::node& node, E& value, const std::array<E, N>& values) {
    std::string name;
    if (const auto problem = assign(node, name); !problem.empty()) return problem;
    const auto found =
        std::ranges::find_if(values, [&](E candidate) { return name == to_string(candidate); });
    if (found == values.end()) return unknown("value", name, names(values));
    value = *found;
    return "";
}

}  // namespace

std::string assign(const toml::node& node, std::string& value) {
    if (!node.is_string()) return "must be a text in quotes";
    value = node.as_string()->get();
    return "";
}
std::string assign(const toml::node& node, bool& value) {
    if (!node.is_boolean()) return "must be true or false";
    value = node.as_boolean()->get();
    return "";
}
std::string assign(const toml::node& node, double& value) {
    if (!node.is_number()) return "must be a number";
    const auto number = *node.value<double>();
    if (!std::isfinite(number)) return "must be finite";
    value = number;
    return "";
}
std::string assign(const toml::node& node, std::int64_t& value) {
    if (!node.is_integer()) return "must be a whole number";
    value = node.as_integer()->get();
    return "";
}
std::string assign(const toml::node& node, std::uint64_t& value) {
    if (!node.is_integer() || node.as_integer()->get() < 0) return "must be a whole number, at least 0";
    value = static_cast<std::uint64_t>(node.as_integer()->get());
    return "";
}
std::string assign(const toml::node& node, KeyValue& value) {
    return std::visit([&](auto& typed) { return assign(node, typed); }, value);
}
std::string assign(const toml::node& node, std::optional<double>& value) {
    double number = 0;
    auto problem = assign(node, number);
    if (problem.empty()) value = number;
    return problem;
}
std::string assign(const toml::node& node, std::vector<std::uint64_t>& value) {
    if (!node.is_array()) return "must be a list of whole numbers, such as [0, 1000]";
    std::vector<std::uint64_t> numbers;
    for (const auto& element : *node.as_array()) {
        if (const auto problem = assign(element, numbers.emplace_back()); !problem.empty()) return problem;
    }
    value = std::move(numbers);
    return "";
}
std::string assign(const toml::node& node, BadSamplePolicy& value) {
    return assign_name(node, value, kBadSamplePolicies);
}
std::string assign(const toml::node& node, Curve& value) { return assign_name(node, value, kCurves); }
std::string assign(const toml::node& node, Clock& value) { return assign_name(node, value, kClocks); }

std::string text(const std::string& value) {
    std::ostringstream out;
    out << toml::value<std::string>(value);
    return out.str();
}
std::string text(bool value) { return value ? "true" : "false"; }
std::string text(double value) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    std::string out(digits.data(), end);
    if (out.find_first_of(".e") == std::string::npos) out += ".0";
    return out;
}
std::string text(std::int64_t value) { return std::to_string(value); }
std::string text(std::uint64_t value) { return std::to_string(value); }
std::string text(const std::optional<double>& value) { return value ? text(*value) : ""; }
std::string text(BadSamplePolicy value) { return text(std::string(to_string(value))); }
std::string text(Curve value) { return text(std::string(to_string(value))); }
std::string text(Clock value) { return text(std::string(to_string(value))); }
std::string text(const KeyValue& value) {
    return std::visit([](const auto& typed) { return text(typed); }, value);
}
std::string text(const std::vector<std::uint64_t>& value) {
    std::vector<std::string> words;
    for (const auto number : value) words.push_back(text(number));
    return "[" + joined(words) + "]";
}

}  // namespace mollify
