/// \file The mollification stage alone, on memory that another loader filled.

#include <cstdint>
#include <iostream>
#include <vector>

#include <mollify/stages/gaussian.hpp>
#include <mollify/stages/schedule.hpp>

int main() {
    std::vector<float> image(3 * 32 * 32, 0.25f);
    // [stage]
    const mollify::Schedule schedule({.curve = mollify::Curve::sigmoid, .duration = 30'000});
    const std::uint64_t iteration = 12'000,
                        sample = 41;  // which noise: yours to say, so that resuming is free
    const auto mix = mollify::Mix::at_level(schedule.level(iteration, /*epoch=*/0));
    mollify::mollify_sample(image, image, {}, mix, {.seed = 7, .iteration = iteration, .sample = sample});
    // [/stage]
    std::cout << "first value: " << image[0] << '\n';
}
