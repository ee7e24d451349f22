#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/metrics/field.hpp>
#include <mollify/trainers/models/networks/initialization.hpp>

namespace mollify {
namespace {

constexpr std::size_t kChunk = 4096;  // points at once: bounds memory, costs no speed

void prepare(Model& model) {
    if (model.shape().elements() != 2) {
        throw ConfigError("a density in the plane needs samples of 2 features; this model's have " +
                          std::to_string(model.shape().elements()));
    }
    model.eval();
}

at::TensorOptions options_of(const Model& model) { return model.parameters().front().tensor.options(); }

at::Tensor batch(const Model& model, std::span<const Point2> points) {
    auto values = at::empty({static_cast<std::int64_t>(points.size()), 2}, at::kDouble);
    std::copy(points.begin(), points.end(), reinterpret_cast<Point2*>(values.data_ptr<double>()));
    return values.to(options_of(model).requires_grad(false));
}

std::span<const double> doubles(at::Tensor& tensor) {
    tensor = tensor.detach().to(at::kCPU, at::kDouble).contiguous();
    return {tensor.data_ptr<double>(), static_cast<std::size_t>(tensor.numel())};
}

template <class Visit>
void in_chunks(std::span<const Point2> points, const Visit& visit) {
    for (std::size_t begin = 0; begin < points.size(); begin += kChunk)
        visit(points.subspan(begin, std::min(kChunk, points.size() - begin)));
}

void append(std::vector<Point2>& points, at::Tensor rows) {
    const auto values = doubles(rows);
    for (std::size_t i = 0; i + 1 < values.size(); i += 2) points.push_back({values[i], values[i + 1]});
}

}  // namespace

std::vector<double> log_densities(Model& model, std::span<const Point2> points) {
    prepare(model);
    const c10::AutoGradMode no_gradients(false);
    std::vector<double> result;
    result.reserve(points.size());
    in_chunks(points, [&](std::span<const Point2> chunk) {
        auto densities = model.log_likelihood(batch(model, chunk));
        const auto values = doubles(densities);
        result.insert(result.end(), values.begin(), values.end());
    });
    return result;
}

std::vector<Point2> scores(Model& model, std::span<const Point2> points) {
    prepare(model);
    const c10::AutoGradMode gradients(true);
    std::vector<Point2> result;
    result.reserve(points.size());
    in_chunks(points, [&](std::span<const Point2> chunk) {
        const auto x = batch(model, chunk).requires_grad_(true);
        append(result, torch::autograd::grad({model.log_likelihood(x).sum()}, {x}).front());
    });
    return result;
}

std::vector<Point2> draw_points(Model& model, std::size_t count, std::uint64_t seed) {
    prepare(model);
    std::vector<Point2> result;
    result.reserve(count);
    append(result, model.sample(static_cast<std::int64_t>(count), make_generator(seed)));
    return result;
}

}  // namespace mollify
