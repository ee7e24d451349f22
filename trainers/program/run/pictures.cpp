#include <algorithm>
#include <cmath>
#include <span>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <mollify/datasets/tables/npy.hpp>
#include <mollify/pipeline/pipeline.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/trainers/figures/curves.hpp>
#include <mollify/trainers/figures/gnuplot.hpp>
#include <mollify/trainers/figures/montage.hpp>
#include <mollify/trainers/models/networks/initialization.hpp>
#include <mollify/trainers/program/run/pictures.hpp>

namespace mollify {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSampleBatch = 1'000;
constexpr std::uint64_t kPointsInPicture = 2'000;

std::vector<Point2> points(std::span<const float> values) {
    std::vector<Point2> out;
    for (std::size_t i = 0; i + 1 < values.size(); i += 2) out.push_back({values[i], values[i + 1]});
    return out;
}

Panel scatter(const std::string& title, std::span<const float> values, double reach) {
    Panel panel;
    panel.title = title;
    panel.x.low = panel.y.low = -reach;
    panel.x.high = panel.y.high = reach;
    panel.layers.emplace_back(Dots{.points = points(values)});
    panel.square = true;
    return panel;
}

/// Half the side of a square about the origin that shows nearly all points.
double reach_of(std::span<const float> values) {
    std::vector<float> sizes;
    for (const float value : values) {
        if (std::isfinite(value)) sizes.push_back(std::abs(value));
    }
    if (sizes.empty()) return 1;
    const auto nearly_last = sizes.begin() + static_cast<std::ptrdiff_t>((sizes.size() - 1) * 995 / 1000);
    std::ranges::nth_element(sizes, nearly_last);
    return 1.1 * std::max(*nearly_last, 1e-3f);
}

Figure square_figure(std::vector<Panel> panels, std::size_t columns) {
    constexpr std::size_t kPanel = 420;
    const auto rows = (panels.size() + columns - 1) / columns;
    return {std::move(panels), columns, columns * kPanel, rows * kPanel};
}

}  // namespace

History history(const Metrics& metrics) {
    History out;
    const auto add = [](std::vector<Point2>& line, std::uint64_t iteration, std::optional<double> value) {
        if (value) line.push_back({static_cast<double>(iteration), *value});
    };
    for (const auto& step : metrics.steps) {
        if (step.loss) add(out.training, step.iteration, -*step.loss);
        add(out.noise_level, step.iteration, step.noise_level);
    }
    for (const auto& evaluation : metrics.evaluations) {
        add(out.test, evaluation.iteration, evaluation.test);
        add(out.validation, evaluation.iteration, evaluation.validation);
    }
    return out;
}

void try_to_draw(const std::string& what, const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        spdlog::warn("{} is not drawn: {}", what, error.what());
    }
}

std::vector<std::uint8_t> pixels(std::span<const float> values, const SampleShape& shape) {
    return display_bytes(values, shape, Normalize::to_symmetric_range());
}

Samples draw_samples(Model& model, std::uint64_t count, std::uint64_t seed) {
    const c10::NoGradGuard no_gradient;
    auto generator = make_generator(seed);
    Samples out;
    out.values.reserve(count * model.shape().elements());
    for (std::uint64_t done = 0; done < count; done += kSampleBatch) {
        const auto rows = static_cast<std::int64_t>(std::min(kSampleBatch, count - done));
        const auto batch = model.sample(rows, generator).to(at::kCPU, at::kFloat).contiguous();
        const auto finite = at::isfinite(batch.reshape({rows, -1})).all(1).sum().item<std::int64_t>();
        out.non_finite += static_cast<std::size_t>(rows - finite);
        const auto* data = batch.data_ptr<float>();
        out.values.insert(out.values.end(), data, data + batch.numel());
    }
    return out;
}

void require_sample_file(const std::filesystem::path& path, const SampleShape& shape) {
    if (path.extension() != ".png" && path.extension() != ".npy")
        throw ConfigError("'" + path.string() + "': name a file that ends in .png or .npy");
    if (path.extension() == ".png" && !shape.is_image() && shape.elements() != 2) {
        throw ConfigError("'" + path.string() + "': samples of " + std::to_string(shape.elements()) +
                          " numbers have no picture; write a .npy file");
    }
}

void save_samples(const std::filesystem::path& path, const Samples& samples, const SampleShape& shape) {
    require_sample_file(path, shape);
    const auto rows = samples.values.size() / shape.elements();
    if (path.extension() == ".png") {
        if (shape.is_image()) {
            MontageOptions options;
            options.columns = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(rows))));
            write_png(path, montage(pixels(samples.values, shape), shape, options));
        } else {
            draw(square_figure({scatter("", samples.values, reach_of(samples.values))}, 1), path);
        }
    } else if (shape.is_image()) {
        const std::vector<std::size_t> sizes{rows, shape.channels, shape.height, shape.width};
        write_npy(path, sizes, std::span<const std::uint8_t>(pixels(samples.values, shape)));
    } else {
        write_npy(path, std::vector<std::size_t>{rows, shape.elements()},
                  std::span<const float>(samples.values));
    }
}

void draw_pictures(const RunFolder& run) {
    // A finished run that is only told again may be on a read-only disk.
    const auto is_drawn = [&](const char* name) {
        std::error_code missing;
        const auto drawn = fs::last_write_time(run.path() / name, missing);
        return !missing && drawn >= fs::last_write_time(run.summary_file()) &&
               drawn >= fs::last_write_time(run.path() / "config.toml");
    };
    try_to_draw("curves.png", [&] {
        if (is_drawn("curves.png")) return;
        auto lines = history(run.metrics());
        lines.label = run.config().mollification.kind == "none" ? "vanilla" : "mollified";
        draw(curves({lines}, run.config().data.set + ", " + run.config().model.kind),
             run.path() / "curves.png");
    });
    try_to_draw("samples.png", [&] {
        if (is_drawn("samples.png")) return;
        const auto model = load_model(run);
        if (!model->shape().is_image() && model->shape().elements() != 2) return;
        auto count = run.config().evaluation.samples;
        if (!model->shape().is_image()) count = kPointsInPicture;
        save_samples(run.path() / "samples.png", draw_samples(*model, count, 0), model->shape());
    });
}

void draw_schedule(const Setup& setup, const std::filesystem::path& path) {
    const auto& shape = setup.data.shape;
    if (!shape.is_image() && shape.elements() != 2) {
        throw ConfigError("--montage: samples of " + std::to_string(shape.elements()) +
                          " numbers have no picture");
    }
    constexpr Iteration kMoments = 9;
    constexpr std::size_t kColumns = 12;
    std::vector<float> images;
    std::vector<std::pair<std::string, std::vector<float>>> clouds;
    BatchRange range(setup.clean_training_recipe(), 0, 1);  // one batch, to be followed
    const Batch& batch = *range.begin();
    const auto rows = shape.is_image() ? std::min(kColumns, batch.size()) : batch.size();
    const auto clean = batch.values().first(rows * shape.elements());
    for (Iteration moment = 0; moment < kMoments; ++moment) {
        const Iteration iteration = moment * (setup.iterations - 1) / (kMoments - 1);
        const Epoch epoch = iteration / setup.batches_per_epoch;
        std::vector<float> values(clean.begin(), clean.end());
        if (setup.mollifier) setup.mollifier->apply(values, shape, batch.ids().first(rows), iteration, epoch);
        if (shape.is_image()) {
            images.insert(images.end(), values.begin(), values.end());
        } else {
            clouds.emplace_back(
                fmt::format("iteration {}, noise {:.3f}", iteration, setup.noise_level(iteration, epoch)),
                std::move(values));
        }
    }
    if (shape.is_image()) {
        write_png(path, montage(pixels(images, shape), shape, {.columns = kColumns}));
    } else {
        double reach = 0;
        for (const auto& [title, values] : clouds) reach = std::max(reach, reach_of(values));
        std::vector<Panel> panels;
        for (const auto& [title, values] : clouds) panels.push_back(scatter(title, values, reach));
        draw(square_figure(std::move(panels), 3), path);
    }
}

}  // namespace mollify
