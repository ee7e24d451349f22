#include <algorithm>
#include <sstream>

#include <ATen/core/Tensor.h>
#include <spdlog/fmt/fmt.h>

#include <mollify/trainers/program/config/config_text.hpp>
#include <mollify/trainers/program/run/optional_number.hpp>
#include <mollify/trainers/program/run/report.hpp>

namespace mollify {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

/// The configuration, one row per section, without comments.
Rows sections(const Config& config) {
    Rows rows;
    std::istringstream lines(to_toml(config));
    for (std::string line; std::getline(lines, line);) {
        line = line.substr(0, line.find("  #"));
        line.erase(line.find_last_not_of(' ') + 1);
        if (line.empty() || line.front() == '#') continue;
        if (line.front() == '[') {
            rows.emplace_back(line, "");
        } else {
            auto& text = rows.back().second;
            constexpr std::size_t kWidth = 90;
            const auto line_start = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n');
            if (text.size() - line_start + line.size() > kWidth) {
                text += "\n";
            } else if (!text.empty()) {
                text += "  ";
            }
            text += line;
        }
    }
    return rows;
}

}  // namespace

std::string table(const Rows& rows) {
    std::size_t width = 0;
    for (const auto& [what, value] : rows) width = std::max(width, what.size());
    const std::string indent(width + 2, ' ');
    std::string out;
    for (const auto& [what, value] : rows) {
        std::string padded = value;
        for (auto at = padded.find('\n'); at != std::string::npos; at = padded.find('\n', at + 1)) {
            padded.insert(at + 1, indent);
        }
        out += fmt::format("{:<{}}  {}\n", what, width, padded);
    }
    return out;
}

std::string opening(const Setup& setup, const Model& model, const std::filesystem::path& folder) {
    auto rows = setup.data.facts;
    rows.emplace_back("fingerprint", setup.data.train->fingerprint());
    rows.emplace_back("model", fmt::format("{}, {} parameters", model.name(), model.parameter_count()));
    std::string mollifier = setup.mollifier_name();
    if (setup.mollifier) {
        const auto& schedule = setup.mollifier->schedule();
        mollifier +=
            fmt::format(", clean from {} {} on", to_string(schedule.options().clock), schedule.clean_from());
    }
    rows.emplace_back("mollifier", mollifier);
    rows.emplace_back("training",
                      fmt::format("{} iterations, {} per epoch", setup.iterations, setup.batches_per_epoch));
    rows.emplace_back("device", setup.placement.device().str());
    rows.emplace_back("threads", fmt::format("{} for mathematics, {} for batches, of {}", setup.threads.math,
                                             setup.threads.pipeline, setup.threads.total));
    rows.emplace_back("run folder", folder.string());
    return table(rows) + "\n" + table(sections(setup.config)) + "\n";
}

std::string closing(const Summary& summary, const Data& data, const std::filesystem::path& folder) {
    Rows rows;
    if (data.test) rows.emplace_back("test log-likelihood, last", nats(summary.test_log_likelihood_last));
    if (data.test && summary.validation_log_likelihood_best) {
        rows.emplace_back("test log-likelihood, best",
                          fmt::format("{} (best validation: after iteration {})",
                                      nats(summary.test_log_likelihood_best), summary.best_iteration));
    }
    if (summary.bits_per_dimension)
        rows.emplace_back("bits per dimension", number(summary.bits_per_dimension, 4));
    rows.emplace_back(
        "time",
        fmt::format("{:.1f} s, {:.0f} samples/s, {:.2f} % of the training waiting for data",
                    summary.wall_seconds, summary.samples_per_second, 100 * summary.data_wait_fraction));
    rows.emplace_back("limiting stage", summary.limiting_stage);
    if (summary.skipped_steps) rows.emplace_back("skipped steps", std::to_string(summary.skipped_steps));
    if (summary.bad_samples)
        rows.emplace_back("bad samples",
                          std::to_string(summary.bad_samples) + ", listed in bad-samples.jsonl");
    rows.emplace_back("run folder", folder.string());
    return "\n" + table(rows);
}

}  // namespace mollify
