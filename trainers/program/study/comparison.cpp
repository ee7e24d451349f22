#include <algorithm>
#include <cmath>

#include <spdlog/fmt/fmt.h>

#include <mollify/trainers/program/study/comparison.hpp>

namespace mollify {
namespace {

bool usable(const std::optional<double>& value) { return value && std::isfinite(*value); }

/// How much is wrong with a value: less is better.
double shortfall(const ComparedQuantity& quantity, const std::optional<double>& value) {
    if (!usable(value)) return HUGE_VAL;
    return quantity.truth ? std::fabs(*value - *quantity.truth) : -*value;
}

std::size_t count_better(const ComparedQuantity& quantity, const std::vector<std::optional<double>>& these,
                         const std::vector<std::optional<double>>& those) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < std::min(these.size(), those.size()); ++i)
        count += shortfall(quantity, these[i]) < shortfall(quantity, those[i]);
    return count;
}

/// Characters on the screen, of UTF-8 without combining marks.
std::size_t width(const std::string& text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

using Row = std::vector<std::string>;

/// The first column to the left, the others to the right.
std::string aligned(const std::vector<Row>& rows) {
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
    }
    std::string text;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const std::string space(widths[i] - width(rows[r][i]), ' ');
            text += i == 0 ? "| " + rows[r][i] + space : " | " + space + rows[r][i];
        }
        text += " |\n";
        if (r > 0) continue;
        for (std::size_t i = 0; i < widths.size(); ++i)
            text += "|" + std::string(widths[i] + 1, '-') + (i == 0 ? "-" : ":");
        text += "|\n";
    }
    return text;
}

nlohmann::json json_of(const std::vector<std::optional<double>>& values) {
    const auto summary = spread(values);
    nlohmann::json json{{"values", nlohmann::json::array()}, {"mean", nullptr}, {"deviation", nullptr}};
    for (const auto& value : values)
        json["values"].push_back(usable(value) ? nlohmann::json(*value) : nlohmann::json());
    if (summary.count > 0) json["mean"] = summary.mean;
    if (summary.deviation) json["deviation"] = *summary.deviation;
    return json;
}

}  // namespace

Spread spread(std::span<const std::optional<double>> values) {
    Spread result;
    double sum = 0;
    for (const auto& value : values) {
        if (!usable(value)) {
            ++result.missing;
            continue;
        }
        ++result.count;
        sum += *value;
    }
    if (result.count == 0) return result;
    result.mean = sum / static_cast<double>(result.count);
    if (result.count < 2) return result;
    double squares = 0;
    for (const auto& value : values) {
        if (usable(value)) squares += (*value - result.mean) * (*value - result.mean);
    }
    result.deviation = std::sqrt(squares / static_cast<double>(result.count - 1));
    return result;
}

std::string to_string(const Spread& spread, int digits) {
    if (spread.count == 0) return "not finite";
    auto text = fmt::format("{:.{}f}", spread.mean, digits);
    if (spread.deviation) text += fmt::format(" ± {:.{}f}", *spread.deviation, digits);
    if (spread.missing > 0)
        text += fmt::format(" ({} of {} not finite)", spread.missing, spread.missing + spread.count);
    return text;
}

std::size_t seeds_ahead(const ComparedQuantity& quantity, std::size_t arm) {
    return count_better(quantity, quantity.arms.at(arm).values, quantity.arms.front().values);
}

std::size_t seeds_behind(const ComparedQuantity& quantity, std::size_t arm) {
    return count_better(quantity, quantity.arms.front().values, quantity.arms.at(arm).values);
}

std::string comparison_table(std::span<const ComparedQuantity> quantities) {
    const bool truths =
        std::ranges::any_of(quantities, [](const auto& quantity) { return quantity.truth.has_value(); });
    if (quantities.empty()) return {};
    const auto row = [&](const ComparedQuantity& quantity, std::string name, std::string truth,
                         const auto& cell, const auto& better) {
        Row cells{std::move(name)};
        if (truths) cells.push_back(std::move(truth));
        for (const auto& arm : quantity.arms) cells.push_back(cell(arm));
        for (std::size_t arm = 1; arm < quantity.arms.size(); ++arm) cells.push_back(better(arm));
        return cells;
    };
    const auto& head = quantities.front();
    std::vector<Row> rows{row(
        head, "", "truth", [](const ArmValues& arm) { return arm.name; },
        [&](std::size_t arm) { return head.arms[arm].name + " better in"; })};
    for (const auto& quantity : quantities) {
        rows.push_back(row(
            quantity, quantity.name,
            quantity.truth ? fmt::format("{:.{}f}", *quantity.truth, quantity.digits) : "",
            [&](const ArmValues& arm) { return to_string(spread(arm.values), quantity.digits); },
            [&](std::size_t arm) {
                return fmt::format("{} of {} seeds", seeds_ahead(quantity, arm),
                                   quantity.arms[arm].values.size());
            }));
    }
    return aligned(rows);
}

void to_json(nlohmann::json& json, const ComparedQuantity& quantity) {
    json = {{"name", quantity.name}};
    for (const auto& arm : quantity.arms) json[arm.name] = json_of(arm.values);
    for (std::size_t arm = 1; arm < quantity.arms.size(); ++arm) {
        const auto& name = quantity.arms[arm].name;
        json["seeds_" + name + "_better"] = seeds_ahead(quantity, arm);
        const auto behind = quantity.arms.size() == 2 ? "seeds_" + quantity.arms.front().name + "_better"
                                                      : "seeds_" + name + "_worse";
        json[behind] = seeds_behind(quantity, arm);
    }
    if (quantity.truth) json["truth"] = *quantity.truth;
}

}  // namespace mollify
