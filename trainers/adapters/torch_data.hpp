#pragma once
/// \file Mollification in a torch::data loader. Includes torch/data.h: heavy, for use in a few sources.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <torch/data.h>

#include <mollify/datasets/sampler.hpp>
#include <mollify/trainers/adapters/mollify_tensor.hpp>

namespace mollify {

/// What a loader asks a data set for: the samples of one iteration, and which iteration it is.
struct IterationRequest {
    Iteration iteration = 0;
    Epoch epoch = 0;
    std::vector<SampleId> ids;

    std::size_t size() const { return ids.size(); }  // asked for by torch's loader
};

/// The order of a mollify::Sampler for torch::data: requests for the iterations [begin, end). The loader's batch size
/// is not used; the sampler has its own. Prefetching does not harm resuming: begin at the iteration to go on with.
class IterationSampler : public torch::data::samplers::Sampler<IterationRequest> {
  public:
    IterationSampler(mollify::Sampler order, Iteration begin, Iteration end)
        : order_(std::move(order)), begin_(begin), end_(end), next_(begin) {}

    void reset(torch::optional<size_t> /*new_size*/ = torch::nullopt) override { next_ = begin_; }

    torch::optional<IterationRequest> next(size_t /*batch_size*/) override {
        if (next_ == end_) return torch::nullopt;
        IterationRequest request{next_, order_.epoch(next_), {}};
        order_.ids(next_++, request.ids);
        return request;
    }

    void save(torch::serialize::OutputArchive& archive) const override {
        archive.write("next", torch::tensor(static_cast<std::int64_t>(next_)));
    }
    void load(torch::serialize::InputArchive& archive) override {
        torch::Tensor next;
        archive.read("next", next);
        next_ = static_cast<Iteration>(next.item<std::int64_t>());
    }

  private:
    mollify::Sampler order_;
    Iteration begin_;
    Iteration end_;
    Iteration next_;
};

/// Any torch::data set of Example<> with float32 data, its batches stacked and mollified: the same bytes for any
/// number of workers. Use it with an IterationSampler of a mollify::Sampler over the same number of samples.
template <class D>
class MollifiedDataset
    : public torch::data::datasets::BatchDataset<MollifiedDataset<D>, torch::data::Example<>,
                                                 IterationRequest> {
  public:
    MollifiedDataset(D dataset, Mollifier mollifier)
        : dataset_(std::move(dataset)), mollifier_(std::move(mollifier)) {}

    torch::data::Example<> get_batch(IterationRequest request) override {
        const std::vector<size_t> indices(request.ids.begin(), request.ids.end());
        auto batch = torch::data::transforms::Stack<>().apply_batch(dataset_.get_batch(indices));
        mollify_tensor(batch.data, request.ids, request.iteration, request.epoch, mollifier_);
        return batch;
    }
    torch::optional<size_t> size() const override { return dataset_.size(); }

  private:
    D dataset_;
    Mollifier mollifier_;
};

}  // namespace mollify
