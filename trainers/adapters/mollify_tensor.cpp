#include <string>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/adapters/mollify_tensor.hpp>

namespace mollify {
namespace {

SampleShape sample_shape(const at::Tensor& values) {
    SampleShape shape = SampleShape::features(1);
    const auto sizes = values.sizes();
    for (std::size_t i = 1; i < sizes.size(); ++i) {
        auto& side = i == 1 ? shape.channels : i == 2 ? shape.height : shape.width;
        side *= static_cast<std::size_t>(sizes[i]);
    }
    return shape;
}

}  // namespace

void mollify_tensor(const at::Tensor& values, std::span<const SampleId> ids, Iteration iteration, Epoch epoch,
                    const Mollifier& mollifier) {
    if (!values.device().is_cpu() || values.scalar_type() != at::kFloat || !values.is_contiguous()) {
        throw Error(
            "mollify_tensor needs a contiguous float32 tensor on the CPU (use .contiguous(), "
            ".to(at::kFloat))");
    }
    if (values.dim() == 0 || static_cast<std::size_t>(values.size(0)) != ids.size()) {
        throw Error("mollify_tensor got " + std::to_string(ids.size()) + " sample ids for a tensor of " +
                    std::to_string(values.dim() ? values.size(0) : 0) + " rows");
    }
    mollifier.apply({values.data_ptr<float>(), static_cast<std::size_t>(values.numel())},
                    sample_shape(values), ids, iteration, epoch);
}

}  // namespace mollify
