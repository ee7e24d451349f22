#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <ATen/ATen.h>

#include <mollify/pipeline/pipeline.hpp>
#include <mollify/trainers/evaluation.hpp>

namespace mollify {
namespace {

/// Of the samples that a limited evaluation looks at. Changing it changes every such score.
constexpr std::uint64_t kChoiceSeed = 0x6d6f6c6c696679;

}  // namespace

Likelihood evaluate(Model& model, const Recipe& recipe, const Placement& placement,
                    const EvaluationOptions& options) {
    const c10::NoGradGuard no_gradient;
    model.eval();
    Likelihood result;
    double sum = 0;
    const Sampler sampler(recipe.dataset->size(), recipe.sampler_options());
    Iteration batches = sampler.batches_per_epoch();
    Recipe part = recipe;
    if (const auto size = recipe.options.batch_size;
        options.limit > 0 && (options.limit - 1) / size + 1 < batches) {
        batches = (options.limit - 1) / size + 1;
        part.options.shuffle = true;
        part.options.seed = kChoiceSeed;
    }
    BatchRange range(part, 0, batches);
    for (Batch& batch : range) {
        if (options.stop && options.stop()) {
            result.complete = false;
            break;
        }
        if (batch.size() == 0) continue;  // all of its samples are bad
        const auto values = model.log_likelihood(placement(batch)).to(at::kCPU, at::kDouble).contiguous();
        for (const double value :
             std::span(values.data_ptr<double>(), static_cast<std::size_t>(values.numel()))) {
            sum += value;
            if (!std::isfinite(value)) ++result.non_finite;
        }
        result.samples += batch.size();
    }
    result.mean = sum / static_cast<double>(result.samples);
    return result;
}

at::Tensor gather(const Recipe& recipe, const Placement& placement) {
    const Sampler sampler(recipe.dataset->size(), recipe.sampler_options());
    std::vector<at::Tensor> parts;
    BatchRange range(recipe, 0, sampler.batches_per_epoch());
    for (Batch& batch : range) parts.push_back(placement(batch).clone());
    return at::cat(parts);
}

double bits_per_dimension(double log_likelihood, const SampleShape& shape, double scale) {
    return -log_likelihood / (static_cast<double>(shape.elements()) * std::numbers::ln2) - std::log2(scale);
}

}  // namespace mollify
