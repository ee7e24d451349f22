// torch::optim's headers first: they and doctest both define CHECK.
#include <ATen/ATen.h>
#include <doctest/doctest.h>
#include <torch/optim/adam.h>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/models/networks/initialization.hpp>
#include <mollify/trainers/optimizers/adam.hpp>
#include <mollify/trainers/optimizers/make_optimizer.hpp>

using namespace mollify;

namespace {

std::vector<NamedTensor> some_parameters() {
    auto generator = make_generator(5);
    std::vector<NamedTensor> parameters;
    const auto add = [&](const char* name, std::int64_t size) {
        parameters.push_back({name, at::empty({size}).normal_(0, 1, generator).requires_grad_()});
    };
    add("p1", 1);
    add("p7", 7);
    add("p64", 64);
    add("p1000", 1000);
    return parameters;
}

std::vector<NamedTensor> copies(const std::vector<NamedTensor>& parameters) {
    std::vector<NamedTensor> result;
    for (const auto& [name, tensor] : parameters) {
        result.push_back({name, tensor.detach().clone().requires_grad_()});
    }
    return result;
}

/// Gradients over many magnitudes; sometimes exactly zero, sometimes none at all.
void set_gradients(const std::vector<NamedTensor>& parameters, int step) {
    auto generator = make_generator(100 + step);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        auto& gradient = parameters[i].tensor.mutable_grad();
        if (i == 1 && step % 3 == 1) {
            gradient.reset();
            continue;
        }
        const auto scale = std::pow(10.0, step % 7 - 4);
        gradient = at::empty_like(parameters[i].tensor.detach()).normal_(0, scale, generator);
        if (i == 2 && step % 2 == 0) gradient.zero_();
    }
}

double distance(const std::vector<NamedTensor>& a, const std::vector<NamedTensor>& b) {
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max(largest, (a[i].tensor - b[i].tensor).abs().max().item<double>());
    }
    return largest;
}

/// PyTorch's Adamax of one step, written out from its documentation with plain tensor arithmetic.
struct PlainAdamax {
    std::vector<at::Tensor> mean, infinity;
    std::vector<int> steps;

    void step(const std::vector<NamedTensor>& parameters, const OptimizerOptions& options) {
        const c10::NoGradGuard no_gradient;
        mean.resize(parameters.size());
        infinity.resize(parameters.size());
        steps.resize(parameters.size());
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            const auto& parameter = parameters[i].tensor;
            if (!parameter.grad().defined()) continue;
            if (steps[i]++ == 0) mean[i] = infinity[i] = at::zeros_like(parameter);
            const auto gradient = parameter.grad() + options.weight_decay * parameter;
            mean[i] = options.beta1 * mean[i] + (1 - options.beta1) * gradient;
            infinity[i] = at::maximum(options.beta2 * infinity[i], gradient.abs() + options.epsilon);
            parameter.sub_(options.learning_rate / (1 - std::pow(options.beta1, steps[i])) * mean[i] /
                           infinity[i]);
        }
    }
};

/// The multi-tensor form, which is meant for other devices, on the CPU.
template <class Base>
class Together : public Base {
  public:
    using Base::Base;

  protected:
    void update_on_cpu(const typename Base::Slot& slot) override {
        this->update_together({{slot.parameter}, {slot.gradient}, {slot.first}, {slot.second}, slot.step});
    }
};

}  // namespace

TEST_CASE("Adam takes the same steps as torch::optim::Adam") {
    const OptimizerOptions options{.kind = "adam", .learning_rate = 1e-2, .weight_decay = 1e-2};
    const auto ours = some_parameters(), together = copies(ours), theirs = copies(ours);
    const auto optimizer = make_optimizer(options, ours);
    Together<Adam> multi(options, together);
    std::vector<at::Tensor> tensors;
    for (const auto& [name, tensor] : theirs) tensors.push_back(tensor);
    torch::optim::Adam reference(tensors, torch::optim::AdamOptions(1e-2).weight_decay(1e-2));
    for (int step = 0; step < 200; ++step) {
        for (const auto* parameters : {&ours, &together, &theirs}) set_gradients(*parameters, step);
        optimizer->step();
        multi.step();
        reference.step();
    }
    CHECK(distance(ours, theirs) <= 2e-6);
    CHECK(distance(together, theirs) <= 2e-6);
}

TEST_CASE("Adamax takes the same steps as PyTorch's, written out") {
    const OptimizerOptions options{.kind = "adamax", .learning_rate = 1e-2, .weight_decay = 1e-2};
    const auto ours = some_parameters(), together = copies(ours), theirs = copies(ours);
    const auto optimizer = make_optimizer(options, ours);
    Together<Adamax> multi(options, together);
    PlainAdamax reference;
    for (int step = 0; step < 200; ++step) {
        for (const auto* parameters : {&ours, &together, &theirs}) set_gradients(*parameters, step);
        optimizer->step();
        multi.step();
        reference.step(theirs, options);
    }
    CHECK(distance(ours, theirs) <= 2e-6);
    CHECK(distance(together, theirs) <= 2e-6);
}

TEST_CASE("An optimizer that was given another's state goes on bit for bit as that one does") {
    for (const char* kind : {"adam", "adamax"}) {
        const OptimizerOptions options{.kind = kind, .learning_rate = 1e-2, .weight_decay = 1e-3};
        const auto straight = some_parameters();
        const auto first = make_optimizer(options, straight);
        for (int step = 0; step < 10; ++step) {
            set_gradients(straight, step);
            first->step();
        }
        const auto resumed = copies(straight);
        const auto second = make_optimizer(options, resumed);
        second->load(first->state());
        for (int step = 10; step < 20; ++step) {
            set_gradients(straight, step);
            set_gradients(resumed, step);
            first->step();
            second->step();
        }
        CHECK(distance(straight, resumed) == 0);
    }
}

TEST_CASE("State is listed by the parameters' names") {
    const auto parameters = some_parameters();
    const auto adam = make_optimizer({.kind = "adam"}, parameters);
    REQUIRE(adam->state().size() == 12);
    CHECK(adam->state()[0].name == "p1.step");
    CHECK(adam->state()[1].name == "p1.exp_avg");
    CHECK(adam->state()[2].name == "p1.exp_avg_sq");
    CHECK(make_optimizer({.kind = "adamax"}, parameters)->state()[11].name == "p1000.exp_inf");
}

TEST_CASE("zero_grad lets go of the gradients") {
    const auto parameters = some_parameters();
    const auto optimizer = make_optimizer({}, parameters);
    set_gradients(parameters, 0);
    optimizer->zero_grad();
    for (const auto& [name, tensor] : parameters) CHECK_FALSE(tensor.grad().defined());
}

TEST_CASE("All that is wrong with an optimizer's options is told at once") {
    try {
        make_optimizer({.kind = "adan", .learning_rate = 0, .beta1 = 1, .weight_decay = -1}, {});
        FAIL("no error");
    } catch (const ConfigError& failure) {
        REQUIRE(failure.problems().size() == 4);
        CHECK(failure.problems()[0].find("did you mean 'adam'?") != std::string::npos);
    }
}

TEST_CASE("Numbers that are 0 or infinite in float32 are refused before they make parameters NaN") {
    const auto refused = [](const OptimizerOptions& options, const char* words) {
        const auto found = problems(options);
        REQUIRE(found.size() == 1);
        CHECK_MESSAGE(found[0].find(words) != std::string::npos, found[0]);
    };
    for (const char* kind : {"adam", "adamax"}) {
        refused({.kind = kind, .epsilon = 0}, "epsilon must be at least 1.2e-38");
        refused({.kind = kind, .epsilon = 1e-50}, "not 1e-50");
        refused({.kind = kind, .epsilon = 1e39}, "epsilon");
        refused({.kind = kind, .learning_rate = 1e39}, "not 1e+39");
        refused({.kind = kind, .learning_rate = std::nan("")}, "not nan");
        refused({.kind = kind, .weight_decay = 1e39}, "weight_decay");

        // What is let through stays finite where a parameter has no slope, which is where 0 would be divided by 0.
        const OptimizerOptions least{.kind = kind, .epsilon = 1.2e-38};
        CHECK(problems(least).empty());
        auto parameter = at::ones({3}).requires_grad_();
        const auto optimizer = make_optimizer(least, std::vector<NamedTensor>{{"p", parameter}});
        for (int step = 0; step < 3; ++step) {
            parameter.mutable_grad() = at::zeros({3});
            optimizer->step();
        }
        CHECK(at::equal(parameter, at::ones({3})));
    }
}
