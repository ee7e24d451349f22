#include <algorithm>
#include <cmath>

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
        if (!holds) found.push_back(std::string(rule) + ", not " + std::to_string(value));
    };
    const auto finite = [](double value) { return std::isfinite(value); };
    const auto fraction = [](double value) { return value >= 0 && value < 1; };
    require(finite(options.learning_rate) && options.learning_rate > 0, "learning_rate must be above 0",
            options.learning_rate);
    require(fraction(options.beta1), "beta1 must be in [0, 1)", options.beta1);
    require(fraction(options.beta2), "beta2 must be in [0, 1)", options.beta2);
    require(finite(options.epsilon) && options.epsilon >= 0, "epsilon must be at least 0", options.epsilon);
    require(finite(options.weight_decay) && options.weight_decay >= 0, "weight_decay must be at least 0",
            options.weight_decay);
    return found;
}

std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options,
                                          std::span<const NamedTensor> parameters) {
    if (auto found = problems(options); !found.empty()) throw ConfigError(std::move(found));
    if (options.kind == "adamax") return std::make_unique<Adamax>(options, parameters);
    return std::make_unique<Adam>(options, parameters);
}

}  // namespace mollify
