#pragma once
/// \file Numbers that are absent where they are not finite, or where there is nothing to measure.

#include <cmath>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

namespace mollify {

inline std::optional<double> finite(double value) {
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// With so many digits after the point; "not finite" for one that is absent.
inline std::string number(const std::optional<double>& value, int digits) {
    return value ? fmt::format("{:.{}f}", *value, digits) : "not finite";
}

/// A log-likelihood: "-11.4512 nats", or "not finite".
inline std::string nats(const std::optional<double>& value) {
    return number(value, 4) + (value ? " nats" : "");
}

}  // namespace mollify

/// null where it is absent
template <>
struct nlohmann::adl_serializer<std::optional<double>> {
    static void to_json(json& out, const std::optional<double>& value) {
        out = value ? json(*value) : json(nullptr);
    }
    static void from_json(const json& in, std::optional<double>& value) {
        value = in.is_null() ? std::nullopt : std::optional(in.get<double>());
    }
};
