/// \file A composed pipeline, from files on disk to a consumer.

#include <filesystem>
#include <iostream>
#include <memory>

#include <mollify/datasets/images/cifar.hpp>
#include <mollify/datasets/images/drawn_images.hpp>
#include <mollify/pipeline/chain.hpp>
#include <mollify/stages/mollifier.hpp>

int main(int argc, char** argv) {
    using namespace mollify;
    const std::filesystem::path folder = argc > 1 ? argv[1] : "drawn-cifar10";
    // Drawn images in CIFAR-10's layout; put the real data_batch_*.bin there instead if you have them.
    ensure_drawn_cifar10(folder);
    // [compose]
    auto cifar10 = std::make_shared<Cifar>(Cifar::cifar10(folder, Split::train));
    double sum = 0;
    auto trainer = [&](Batch& batch) {  // batch.values() is N×3×32×32 float32, mollified
        for (const float value : batch.values()) sum += value;
    };
    auto pipeline = from(cifar10, {.batch_size = 128, .seed = 7, .in_flight = 6}) |
                    Normalize::to_symmetric_range() |
                    Mollifier::gaussian(Schedule({.curve = Curve::sigmoid, .duration = 1'000}), /*seed=*/7) |
                    into("train", trainer);
    pipeline.run(2'000);  // rethrows the first error with stage, sample and path
    std::cout << pipeline.statistics() << pipeline.to_dot();
    // [/compose]
    std::cout << "sum of all values: " << sum << '\n';

    // [range]
    const auto batches = from(cifar10, {.batch_size = 64}) | Normalize::to_unit_range();
    for (Batch& batch : batches.batches(/*begin=*/100, /*end=*/110)) {
        std::cout << "iteration " << batch.iteration() << ": " << batch.size() << " rows, first label "
                  << batch.labels()[0] << '\n';
    }
    // [/range]
}
