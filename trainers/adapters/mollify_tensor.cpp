#include <string>

#include <mollify/stages/error.hpp>
#include <mollify/stages/gaussian.hpp>
#include <mollify/trainers/adapters/mollify_tensor.hpp>

namespace mollify {

void mollify_tensor(const at::Tensor& values, std::span<const SampleId> ids, Iteration iteration, Epoch epoch,
                    const GaussianMollifier& mollifier) {
    if (!values.device().is_cpu() || values.scalar_type() != at::kFloat || !values.is_contiguous()) {
        throw Error(
            "mollify_tensor needs a contiguous float32 tensor on the CPU (use .contiguous(), "
            ".to(at::kFloat))");
    }
    if (values.dim() == 0 || static_cast<std::size_t>(values.size(0)) != ids.size()) {
        throw Error("mollify_tensor got " + std::to_string(ids.size()) + " sample ids for a tensor of " +
                    std::to_string(values.dim() ? values.size(0) : 0) + " rows");
    }
    const Mix mix = Mix::at_level(mollifier.schedule().level(iteration, epoch));
    if (mix.is_clean() || ids.empty()) return;
    const auto elements = static_cast<std::size_t>(values.numel()) / ids.size();
    float* row = values.data_ptr<float>();
    for (const SampleId id : ids) {
        const std::span<float> sample(row, elements);
        mollify_sample(sample, sample, {}, mix,
                       {.seed = mollifier.seed(), .iteration = iteration, .sample = id});
        row += elements;
    }
}

}  // namespace mollify
