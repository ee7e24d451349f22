// Uses mollify::trainers: a masked autoregressive flow gives a loss with a gradient and one likelihood per row.
#include <cstdio>

#include <ATen/ATen.h>

#include <mollify/trainers/models/maf.hpp>

int main() {
    using namespace mollify;
    const auto model = maf().make({.hidden = 16, .blocks = 2}, SampleShape::features(3), /*seed=*/1);
    const at::Tensor x = at::linspace(-1, 1, 24).reshape({8, 3});
    const at::Tensor loss = model->loss(x);
    loss.backward();
    bool good = loss.isfinite().item<bool>();
    for (const auto& parameter : model->parameters()) good = good && parameter.tensor.grad().defined();
    std::puts(good ? "good" : "wrong");
    return good ? 0 : 1;
}
