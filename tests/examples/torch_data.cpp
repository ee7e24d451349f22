/// \file Mollification of a torch::data set in a torch::data loader.

#include <iostream>

#include <torch/data.h>

#include <mollify/trainers/adapters/torch_data.hpp>

int main() {
    using namespace mollify;
    // [torch_data]
    class Images : public torch::data::datasets::Dataset<Images> {  // any torch::data set will do
      public:
        torch::data::Example<> get(size_t index) override {
            return {torch::full({1, 28, 28}, static_cast<float>(index) / 1000), torch::tensor(0)};
        }
        torch::optional<size_t> size() const override { return 1000; }
    };
    const Sampler order(1000, {.batch_size = 64, .seed = 7});
    MollifiedDataset data(Images(), Mollifier::gaussian(Schedule({.duration = 100}), /*seed=*/7));
    auto loader =
        torch::data::make_data_loader(std::move(data), IterationSampler(order, /*begin=*/0, /*end=*/150),
                                      torch::data::DataLoaderOptions().workers(2));
    for (auto& batch : *loader) std::cout << batch.data.std().item<float>() << '\n';
    // [/torch_data]
}
