/// \file Mollification of a torch::data set in a torch::data loader.

#include <iostream>

#include <torch/data.h>

#include <mollify/trainers/adapters/torch_data.hpp>

namespace {

/// Any torch::data set will do.
class Noiseless : public torch::data::datasets::Dataset<Noiseless> {
  public:
    torch::data::Example<> get(size_t index) override {
        return {torch::full({1, 28, 28}, static_cast<float>(index) / 1000), torch::tensor(0)};
    }
    torch::optional<size_t> size() const override { return 1000; }
};

}  // namespace

int main() {
    using namespace mollify;
    // [torch_data]
    const Sampler order(1000, {.batch_size = 64, .seed = 7});
    MollifiedDataset data(Noiseless(), GaussianMollifier(Schedule({.duration = 100}), /*seed=*/7));
    auto loader =
        torch::data::make_data_loader(std::move(data), IterationSampler(order, /*begin=*/0, /*end=*/150),
                                      torch::data::DataLoaderOptions().workers(2));
    for (auto& batch : *loader) std::cout << batch.data.std().item<float>() << '\n';
    // [/torch_data]
}
