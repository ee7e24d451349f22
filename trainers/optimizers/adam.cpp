#include <cmath>

#include <ATen/ATen.h>

#include <mollify/trainers/optimizers/adam.hpp>

namespace mollify {
namespace {

/// The constants of one step, in the type of the parameters.
template <class T>
struct Rule {
    Rule(const OptimizerOptions& options, std::int64_t step)
        : beta1(options.beta1),
          beta2(options.beta2),
          rest1(1 - options.beta1),
          rest2(1 - options.beta2),
          epsilon(options.epsilon),
          decay(options.weight_decay),
          rate(options.learning_rate / (1 - std::pow(options.beta1, step))),
          correction(1 / std::sqrt(1 - std::pow(options.beta2, step))) {}

    T beta1, beta2, rest1, rest2, epsilon, decay;
    T rate;        ///< lr/(1-β₁ᵗ)
    T correction;  ///< 1/√(1-β₂ᵗ)
};

/// The memory of one parameter, n elements each.
template <class T>
struct Rows {
    T* __restrict parameter;
    const T* __restrict gradient;
    T* __restrict first;
    T* __restrict second;
    std::int64_t n;
};

template <class T>
[[gnu::always_inline]] inline void adam_loop(const Rows<T>& rows, const Rule<T>& rule) {
    const auto [parameter, gradient, first, second, n] = rows;
    const Rule<T> r = rule;
    for (std::int64_t i = 0; i < n; ++i) {
        const T g = gradient[i] + r.decay * parameter[i];
        first[i] = r.beta1 * first[i] + r.rest1 * g;
        second[i] = r.beta2 * second[i] + r.rest2 * g * g;
        parameter[i] -= r.rate * first[i] / (std::sqrt(second[i]) * r.correction + r.epsilon);
    }
}

template <class T>
[[gnu::always_inline]] inline void adamax_loop(const Rows<T>& rows, const Rule<T>& rule) {
    const auto [parameter, gradient, first, second, n] = rows;
    const Rule<T> r = rule;
    for (std::int64_t i = 0; i < n; ++i) {
        const T g = gradient[i] + r.decay * parameter[i];
        first[i] = r.beta1 * first[i] + r.rest1 * g;
        const T old = r.beta2 * second[i];
        const T now = std::abs(g) + r.epsilon;
        second[i] = old > now ? old : now;
        parameter[i] -= r.rate * first[i] / second[i];
    }
}

// float32 is compiled once per instruction set and chosen when the program starts; float64 serves tests.
[[gnu::target_clones("avx512f", "avx2", "default")]] void adam(const Rows<float>& rows,
                                                               const Rule<float>& rule) {
    adam_loop(rows, rule);
}
[[gnu::target_clones("avx512f", "avx2", "default")]] void adamax(const Rows<float>& rows,
                                                                 const Rule<float>& rule) {
    adamax_loop(rows, rule);
}
void adam(const Rows<double>& rows, const Rule<double>& rule) { adam_loop(rows, rule); }
void adamax(const Rows<double>& rows, const Rule<double>& rule) { adamax_loop(rows, rule); }

}  // namespace

void Adam::update_on_cpu(const Slot& slot) {
    AT_DISPATCH_FLOATING_TYPES(slot.parameter.scalar_type(), "adam", [&] {
        adam({slot.parameter.data_ptr<scalar_t>(), slot.gradient.data_ptr<scalar_t>(),
              slot.first.data_ptr<scalar_t>(), slot.second.data_ptr<scalar_t>(), slot.parameter.numel()},
             Rule<scalar_t>(options_, slot.step));
    });
}

void Adamax::update_on_cpu(const Slot& slot) {
    AT_DISPATCH_FLOATING_TYPES(slot.parameter.scalar_type(), "adamax", [&] {
        adamax({slot.parameter.data_ptr<scalar_t>(), slot.gradient.data_ptr<scalar_t>(),
                slot.first.data_ptr<scalar_t>(), slot.second.data_ptr<scalar_t>(), slot.parameter.numel()},
               Rule<scalar_t>(options_, slot.step));
    });
}

void Adam::update_together(const Group& group) {
    const Rule<double> rule(options_, group.step);
    const auto gradients = at::_foreach_add(group.gradients, group.parameters, rule.decay);
    at::_foreach_mul_(group.first, rule.beta1);
    at::_foreach_add_(group.first, gradients, rule.rest1);
    at::_foreach_mul_(group.second, rule.beta2);
    at::_foreach_addcmul_(group.second, gradients, gradients, rule.rest2);
    const auto denominators = at::_foreach_sqrt(group.second);
    at::_foreach_mul_(denominators, rule.correction);
    at::_foreach_add_(denominators, rule.epsilon);
    at::_foreach_addcdiv_(group.parameters, group.first, denominators, -rule.rate);
}

void Adamax::update_together(const Group& group) {
    const Rule<double> rule(options_, group.step);
    const auto gradients = at::_foreach_add(group.gradients, group.parameters, rule.decay);
    at::_foreach_mul_(group.first, rule.beta1);
    at::_foreach_add_(group.first, gradients, rule.rest1);
    at::_foreach_mul_(group.second, rule.beta2);
    const auto magnitudes = at::_foreach_abs(gradients);
    at::_foreach_add_(magnitudes, rule.epsilon);
    const auto largest = at::_foreach_maximum(group.second, magnitudes);
    for (std::size_t i = 0; i < largest.size(); ++i) group.second[i].copy_(largest[i]);
    at::_foreach_addcdiv_(group.parameters, group.first, group.second, -rule.rate);
}

}  // namespace mollify
