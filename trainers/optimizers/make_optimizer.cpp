#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include <ATen/core/Tensor.h>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/optimizers/adam.hpp>
#include <mollify/trainers/optimizers/make_optimizer.hpp>

namespace mollify {

const std::vector<std::string>& optimizer_kinds() {
    static const std::vector<std::string> kinds = {"adam", "adamax"};
    return kinds;
}

std::vector<std::string> problems(const OptimizerOptions& options) {
    std::vector<std::string> found;
    const auto& kinds = optimizer_kinds();
    if (std::find(kinds.begin(), kinds.end(), options.kind) == kinds.end()) {
        found.push_back("there is no optimizer '" + options.kind + "'" + suggestion(options.kind, kinds) +
                        " (known: adam, adamax)");
    }
    const auto require = [&](bool holds, const char* rule, double value) {
        char text[32];
        std::snprintf(text, sizeof text, "%.10g", value);  // as short as it was written
        if (!holds) found.push_back(std::string(rule) + ", not " + text);
    };
    // The type of the parameters: what is 0 or infinite in it makes them NaN.
    using Float = std::numeric_limits<float>;
    const auto finite = [](double value) { return std::abs(value) <= Float::max(); };
    const auto fraction = [](double value) { return value >= 0 && value < 1; };
    require(finite(options.learning_rate) && options.learning_rate > 0,
            "learning_rate must be above 0 and finite in float32", options.learning_rate);
    require(fraction(options.beta1), "beta1 must be in [0, 1)", options.beta1);
    require(fraction(options.beta2), "beta2 must be in [0, 1)", options.beta2);
    require(finite(options.epsilon) && options.epsilon >= Float::min(),
            "epsilon must be at least 1.2e-38, the smallest float32, and finite in it", options.epsilon);
    require(finite(options.weight_decay) && options.weight_decay >= 0,
            "weight_decay must be at least 0 and finite in float32", options.weight_decay);
    return found;
}

std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options,
                                          std::span<const NamedTensor> parameters) {
    if (auto found = problems(options); !found.empty()) throw ConfigError(std::move(found));
    if (options.kind == "adamax") return std::make_unique<Adamax>(options, parameters);
    return std::make_unique<Adam>(options, parameters);
}

}  // namespace mollify
