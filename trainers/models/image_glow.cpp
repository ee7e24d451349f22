#include <cmath>
#include <numbers>
#include <ranges>

#include <ATen/ATen.h>

#include <mollify/trainers/models/flows/act_norm.hpp>
#include <mollify/trainers/models/flows/image_coupling.hpp>
#include <mollify/trainers/models/flows/lu_matrix.hpp>
#include <mollify/trainers/models/image_glow.hpp>
#include <mollify/trainers/models/networks/initialization.hpp>

namespace mollify {
namespace {

/// N×C×H×W to N×4C×H/2×W/2: channel c becomes 4c + 2·(row parity) + (column parity).
at::Tensor space_to_depth(const at::Tensor& x) {
    const auto n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
    return x.reshape({n, c, h / 2, 2, w / 2, 2})
        .permute({0, 1, 3, 5, 2, 4})
        .reshape({n, 4 * c, h / 2, w / 2});
}

at::Tensor depth_to_space(const at::Tensor& x) {
    const auto n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
    return x.reshape({n, c / 4, 2, 2, h, w}).permute({0, 1, 4, 2, 5, 3}).reshape({n, c / 4, 2 * h, 2 * w});
}

}  // namespace

at::Tensor ImageGlow::Base::mean() const { return location * at::exp(3 * location_logs); }

at::Tensor ImageGlow::Base::log_deviation() const { return log_scale * at::exp(3 * log_scale_logs); }

ImageGlow::ImageGlow(SampleShape shape, const ImageGlowOptions& options, std::uint64_t seed)
    : Flow(shape), levels_(options.levels) {
    const auto generator = make_generator(seed);
    auto current = shape;
    for (auto index = options.levels - 1; index >= 0; --index) {
        current = {4 * current.channels, current.height / 2, current.width / 2};
        const auto channels = static_cast<std::int64_t>(current.channels);
        auto& level = levels_[index];
        for (auto step = options.depth - 1; step >= 0; --step) {
            const auto place = scope() / "flows" / std::to_string(index) / std::to_string(step) / "flows";
            level.layers.push_back(std::make_unique<ActNorm>(place / "2", channels));
            level.layers.push_back(std::make_unique<InvertibleConvolution>(place / "1", channels, generator));
            level.layers.push_back(std::make_unique<ImageCoupling>(
                place / "0" / "flows" / "1" / "param_map" / "net", channels, options.hidden, generator));
        }
        if (index > 0) current.channels /= 2;
        level.latent = current;
        const auto base = scope() / "q0" / std::to_string(index);
        const auto zeros = at::zeros({1, static_cast<std::int64_t>(current.channels), 1, 1});
        const auto zero = [&](const char* name) { return base.parameter(name, zeros.clone()); };
        level.base = {zero("loc"), zero("loc_logs"), zero("log_scale"), zero("log_scale_logs")};
    }
}

Encoding ImageGlow::encode(const at::Tensor& x, Pass pass) const {
    auto value = x;
    auto log_det = at::zeros({x.size(0)}, x.options().requires_grad(false));
    std::vector<at::Tensor> latents(levels_.size());
    for (std::size_t index = levels_.size(); index-- > 0;) {
        value = space_to_depth(value);
        for (const auto& layer : levels_[index].layers) {
            auto step = layer->forward(value, pass);
            value = std::move(step.value);
            log_det = log_det + step.log_det;
        }
        if (index == 0) {
            latents[index] = value;
        } else {
            const auto halves = value.chunk(2, 1);
            value = halves[0];
            latents[index] = halves[1];
        }
    }
    return {std::move(latents), log_det};
}

at::Tensor ImageGlow::decode(const std::vector<at::Tensor>& latents) const {
    const c10::NoGradGuard no_gradient;
    at::Tensor value;
    for (std::size_t index = 0; index < levels_.size(); ++index) {
        value = index == 0 ? latents[0] : at::cat({value, latents[index]}, 1);
        for (const auto& layer : levels_[index].layers | std::views::reverse) value = layer->inverse(value);
        value = depth_to_space(value);
    }
    return value;
}

at::Tensor ImageGlow::base_log_likelihood(const std::vector<at::Tensor>& latents) const {
    at::Tensor total;
    for (std::size_t index = 0; index < levels_.size(); ++index) {
        const auto& [layers, latent, base] = levels_[index];
        const auto log_deviation = base.log_deviation();
        const auto pixels = static_cast<double>(latent.plane());
        const auto standardized = (latents[index] - base.mean()) * at::exp(-log_deviation);
        const auto term = standard_normal_log_likelihood(standardized) - pixels * log_deviation.sum();
        total = total.defined() ? total + term : term;
    }
    return total;
}

std::vector<at::Tensor> ImageGlow::draw(std::int64_t count, at::Generator generator) const {
    std::vector<at::Tensor> latents;
    for (const auto& [layers, latent, base] : levels_) {
        const auto normal =
            at::empty({count, static_cast<std::int64_t>(latent.channels),
                       static_cast<std::int64_t>(latent.height), static_cast<std::int64_t>(latent.width)})
                .normal_(0, 1, generator)
                .to(base.location.options());
        latents.push_back(base.mean() + at::exp(base.log_deviation()) * normal);
    }
    return latents;
}

const KindOf<ImageGlowOptions>& image_glow() {
    static const KindOf<ImageGlowOptions> kind(
        "image-glow", "multi-scale Glow of images", Takes::images,
        [](const ImageGlowOptions& options, const SampleShape& shape, std::uint64_t seed) {
            return std::make_unique<ImageGlow>(shape, options, seed);
        },
        [](const ImageGlowOptions& options, const SampleShape& shape) -> std::vector<std::string> {
            if (options.levels < 1) return {};
            const bool deep = options.levels > 32;
            const std::size_t factor = std::size_t{1} << (deep ? 0 : options.levels);
            if (!deep && shape.height % factor == 0 && shape.width % factor == 0) return {};
            return {"images of " + to_string(shape) + " cannot be halved " + std::to_string(options.levels) +
                    " times: choose fewer levels or another image size"};
        });
    return kind;
}

}  // namespace mollify
