#include <ranges>

#include <ATen/ATen.h>

#include <mollify/trainers/models/flows/batch_norm.hpp>
#include <mollify/trainers/models/flows/coupling.hpp>
#include <mollify/trainers/models/flows/lu_matrix.hpp>
#include <mollify/trainers/models/flows/made.hpp>
#include <mollify/trainers/models/flows/reverse.hpp>
#include <mollify/trainers/models/networks/initialization.hpp>
#include <mollify/trainers/models/table_flow.hpp>

namespace mollify {

TableFlow::TableFlow(std::string kind, SampleShape shape, std::int64_t hidden, std::int64_t blocks,
                     std::uint64_t seed)
    : Flow(shape), kind_(std::move(kind)) {
    const auto dims = static_cast<std::int64_t>(shape.elements());
    const auto generator = make_generator(seed);
    const auto add = [&]<class L>(std::type_identity<L>, auto... arguments) {
        if constexpr (std::is_same_v<L, Reverse>) {
            layers_.push_back(std::make_unique<Reverse>());
        } else {
            layers_.push_back(
                std::make_unique<L>(scope() / std::to_string(layers_.size()), dims, arguments...));
        }
    };
    for (int block = 0; block < blocks; ++block) {
        const int parity = block % 2;
        if (kind_ == "maf") {
            add(std::type_identity<Made>{}, hidden, generator);
            add(std::type_identity<BatchNorm>{});
            add(std::type_identity<Reverse>{});
        } else if (kind_ == "realnvp") {
            add(std::type_identity<Coupling>{}, hidden, parity, generator);
            add(std::type_identity<BatchNorm>{});
        } else {
            add(std::type_identity<BatchNorm>{});
            add(std::type_identity<LuLayer>{}, generator);
            add(std::type_identity<Coupling>{}, hidden, parity, generator);
        }
    }
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

}  // namespace mollify
