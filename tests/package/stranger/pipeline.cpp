// Uses mollify::pipeline: shuffled, normalized, mollified batches by the flow graph, in order.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <vector>

#include <mollify/datasets/array_dataset.hpp>
#include <mollify/pipeline/chain.hpp>
#include <mollify/stages/mollifier.hpp>

int main() {
    using namespace mollify;
    auto images =
        std::make_shared<ArrayDataset>("grey", SampleShape{1, 8, 8}, std::vector<std::uint8_t>(64 * 64, 128));
    Iteration expected = 0;
    bool good = true;
    Pipeline pipeline = from(images, {.batch_size = 16, .seed = 3})           //
                        | Normalize::to_unit_range()                          //
                        | Mollifier::gaussian(Schedule({.duration = 10}), 3)  //
                        | into([&](Batch& batch) {
                              good =
                                  good && batch.iteration() == expected++ && batch.values().size() == 16 * 64;
                          });
    pipeline.run(20);
    good = good && expected == 20;
    std::puts(good ? "good" : "wrong");
    return good ? 0 : 1;
}
