/// \file The mollification stage alone, on memory that another loader filled.

#include <iostream>
#include <vector>

#include <mollify/stages/mollifier.hpp>

int main() {
    std::vector<float> images(2 * 3 * 32 * 32, 0.25f);
    // [stage]
    const mollify::Schedule schedule({.curve = mollify::Curve::sigmoid, .duration = 30'000});
    const auto mollifier = mollify::Mollifier::gaussian(schedule, /*seed=*/7);
    const mollify::Iteration iteration = 12'000;
    const mollify::SampleId ids[] = {41, 42};  // which noise: yours to say, so that resuming is free
    mollifier.apply(images, {3, 32, 32}, ids, iteration, /*epoch=*/0);
    // [/stage]
    std::cout << "first value: " << images[0] << '\n';
}
