#include <algorithm>
#include <cmath>
#include <map>

#include <ATen/ATen.h>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/optimizers/adam.hpp>
#include <mollify/trainers/optimizers/optimizer.hpp>

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

Optimizer::Optimizer(const OptimizerOptions& options, std::span<const NamedTensor> parameters,
                     const std::array<const char*, 2>& moments)
    : options_(options), parameters_(parameters.begin(), parameters.end()) {
    for (const auto& [name, parameter] : parameters_) {
        state_.push_back({name + ".step", at::zeros({}, at::kLong)});
        for (const char* moment : moments) {
            state_.push_back(
                {name + "." + moment, at::zeros_like(parameter, parameter.options().requires_grad(false))});
        }
    }
}

void Optimizer::zero_grad() {
    for (auto& [name, parameter] : parameters_) parameter.mutable_grad().reset();
}

void Optimizer::step() {
    const c10::NoGradGuard no_gradient;
    std::map<std::int64_t, Group> groups;  // by step: one, unless some parameter had no gradient once
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
        const auto& parameter = parameters_[i].tensor;
        if (!parameter.grad().defined()) continue;
        const auto step = ++*state_[3 * i].tensor.data_ptr<std::int64_t>();
        const auto& first = state_[3 * i + 1].tensor;
        const auto& second = state_[3 * i + 2].tensor;
        if (parameter.is_cpu()) {
            update_on_cpu({parameter, parameter.grad().contiguous(), first, second, step});
            continue;
        }
        auto& group = groups[step];
        group.step = step;
        group.parameters.push_back(parameter);
        group.gradients.push_back(parameter.grad());
        group.first.push_back(first);
        group.second.push_back(second);
    }
    for (const auto& [step, group] : groups) update_together(group);
}

void Optimizer::load(std::span<const NamedTensor> state) {
    copy_by_name(state, state_, "the optimizer's state");
}

std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options,
                                          std::span<const NamedTensor> parameters) {
    if (auto found = problems(options); !found.empty()) throw ConfigError(std::move(found));
    if (options.kind == "adamax") return std::make_unique<Adamax>(options, parameters);
    return std::make_unique<Adam>(options, parameters);
}

}  // namespace mollify
