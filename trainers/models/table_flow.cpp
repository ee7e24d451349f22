#include <ranges>

#include <ATen/ATen.h>

#include <mollify/trainers/models/table_flow.hpp>

namespace mollify {

TableFlow::TableFlow(std::string kind, SampleShape shape, std::int64_t blocks,
                     const std::function<void(Chain&, int block)>& add_block)
    : Flow(shape), kind_(std::move(kind)) {
    Chain chain(*this);
    for (int block = 0; block < blocks; ++block) add_block(chain, block);
}

Encoding TableFlow::encode(const at::Tensor& x, Pass pass) const {
    auto value = x;
    at::Tensor log_det;
    for (const auto& layer : layers_) {
        auto step = layer->forward(value, pass);
        value = std::move(step.value);
        log_det = log_det.defined() ? log_det + step.log_det : step.log_det;
    }
    return {{value}, log_det.expand({x.size(0)})};
}

at::Tensor TableFlow::decode(const std::vector<at::Tensor>& latents) const {
    const c10::NoGradGuard no_gradient;
    auto value = latents.front();
    for (const auto& layer : layers_ | std::views::reverse) value = layer->inverse(value);
    return value;
}

at::Tensor TableFlow::base_log_likelihood(const std::vector<at::Tensor>& latents) const {
    return standard_normal_log_likelihood(latents.front());
}

std::vector<at::Tensor> TableFlow::draw(std::int64_t count, at::Generator generator) const {
    return {at::empty({count, static_cast<std::int64_t>(shape().elements())})
                .normal_(0, 1, std::move(generator))
                .to(parameters().front().tensor.options())};
}

void TableFlow::loaded() {
    for (const auto& layer : layers_) layer->loaded();
}

std::vector<std::string> table_flow_problems(const SampleShape& shape) {
    if (shape.elements() >= 2) return {};
    return {"a flow for tables needs rows of at least 2 features"};
}

}  // namespace mollify
