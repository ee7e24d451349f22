#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <mollify/trainers/models/key.hpp>

namespace mollify {
namespace {

std::string shortest(double value) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return {digits.data(), end};
}

}  // namespace

KeyValue as_type_of(const KeyValue& usual, const KeyValue& value) {
    const auto* whole = std::get_if<std::int64_t>(&value);
    if (whole && std::holds_alternative<double>(usual)) return static_cast<double>(*whole);
    return value;
}

std::string type_name(const KeyValue& value) {
    static const std::array<const char*, 4> names{"a whole number", "a number", "true or false", "a text"};
    return names[value.index()];
}

std::string to_string(const KeyValue& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
    if (const auto* number = std::get_if<double>(&value)) return shortest(*number);
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    return std::get<std::string>(value);
}

Rule at_least(std::int64_t least) {
    return [least](const KeyValue& value) {
        return std::get<std::int64_t>(value) >= least ? "" : "at least " + std::to_string(least);
    };
}

Rule above(double bound) {
    return [bound](const KeyValue& value) {
        const double number = std::get<double>(value);
        return std::isfinite(number) && number > bound ? "" : "finite and above " + shortest(bound);
    };
}

Rule one_of(std::vector<std::string> choices) {
    return [choices = std::move(choices)](const KeyValue& value) {
        std::string names;
        for (const auto& choice : choices) names += (names.empty() ? "" : " or ") + choice;
        return std::ranges::find(choices, std::get<std::string>(value)) != choices.end() ? "" : names;
    };
}

Rule any_value() {
    return [](const KeyValue& value) -> std::string {
        const auto* number = std::get_if<double>(&value);
        return !number || std::isfinite(*number) ? "" : "finite";
    };
}

}  // namespace mollify
