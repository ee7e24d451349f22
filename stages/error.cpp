#include <algorithm>
#include <numeric>
#include <utility>

#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

std::string joined(const std::vector<std::string>& problems) {
    if (problems.size() == 1) return problems.front();
    std::string text = std::to_string(problems.size()) + " problems with the configuration:";
    for (const auto& problem : problems) text += "\n  - " + problem;
    return text;
}

std::string located(const std::string& path, const std::string& where, const std::string& problem,
                    const std::string& remedy) {
    std::string text = path;
    if (!where.empty()) text += (text.empty() ? "" : ": ") + where;
    text += (text.empty() ? "" : ": ") + problem;
    if (!remedy.empty()) text += " (" + remedy + ")";
    return text;
}

std::string told(const std::string& stage, std::uint64_t iteration, std::optional<std::uint64_t> sample,
                 const std::string& origin, const std::string& cause) {
    std::string text = "stage '" + stage + "', iteration " + std::to_string(iteration);
    if (sample) text += ", sample " + std::to_string(*sample);
    // A data error names its file already: once is enough.
    if (!origin.empty() && cause.find(origin) == std::string::npos) text += " (" + origin + ")";
    return text + ": " + cause;
}

std::size_t edit_distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
        }
    }
    return row.back();
}

}  // namespace

ConfigError::ConfigError(std::string problem) : ConfigError(std::vector<std::string>{std::move(problem)}) {}

ConfigError::ConfigError(std::vector<std::string> problems)
    : Error(joined(problems)), problems_(std::move(problems)) {}

DataError::DataError(std::string path, std::string where, const std::string& problem,
                     const std::string& remedy)
    : Error(located(path, where, problem, remedy)), path_(std::move(path)), where_(std::move(where)) {}

SampleError::SampleError(std::uint64_t sample, const std::string& problem)
    : Error(problem), sample_(sample) {}

StageError::StageError(std::string stage, std::uint64_t iteration, std::optional<std::uint64_t> sample,
                       std::string origin, const std::string& cause)
    : Error(told(stage, iteration, sample, origin, cause)),
      stage_(std::move(stage)),
      iteration_(iteration),
      sample_(sample),
      origin_(std::move(origin)) {}

std::string suggestion(const std::string& name, const std::vector<std::string>& candidates) {
    const std::string* nearest = nullptr;
    std::size_t least = std::max<std::size_t>(3, name.size() / 3 + 1);  // farther than this is no suggestion
    for (const auto& candidate : candidates) {
        if (const std::size_t distance = edit_distance(name, candidate); distance < least) {
            least = distance;
            nearest = &candidate;
        }
    }
    return nearest ? ", did you mean '" + *nearest + "'?" : "";
}

std::string unknown(const std::string& what, const std::string& name, const std::vector<std::string>& known) {
    auto hint = suggestion(name, known);
    if (hint.empty()) {
        hint = "; there are: ";
        for (const auto& one : known) hint += (&one == &known.front() ? "" : ", ") + one;
    }
    return "unknown " + what + " '" + name + "'" + hint;
}

}  // namespace mollify
