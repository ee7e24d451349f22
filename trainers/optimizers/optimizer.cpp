#include <map>

#include <ATen/ATen.h>

#include <mollify/trainers/optimizers/optimizer.hpp>

namespace mollify {

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

}  // namespace mollify
