#include <algorithm>
#include <cmath>

#include <ATen/core/Tensor.h>
#include <spdlog/fmt/fmt.h>

#include <mollify/trainers/figures/curves.hpp>
#include <mollify/trainers/figures/montage.hpp>
#include <mollify/trainers/program/run/pictures.hpp>
#include <mollify/trainers/program/run/run_folder.hpp>
#include <mollify/trainers/program/study/study_pictures.hpp>
#include <mollify/trainers/program/study/synthetic_study.hpp>

namespace mollify {
namespace {

constexpr std::size_t kBetween = 16;  // pixels between two grids of samples

Figure study_curves(const Study& study) {
    std::vector<History> histories;
    for (const auto& run : study.runs) {
        auto runs_history = history(RunFolder::open(run.folder).metrics());
        runs_history.label = to_string(run.arm);
        runs_history.in_legend = run.seed == study.options.seeds.front();
        const bool vanilla = run.arm == Arm::vanilla;
        runs_history.colour = vanilla ? kVermilion : kBlue;
        runs_history.pale = vanilla ? kPaleOrange : kPaleBlue;
        histories.push_back(std::move(runs_history));
    }
    const auto& config = study.options.config;
    return curves(histories,
                  fmt::format("{}, {}, {} {}", config.data.set, config.model.kind, study.options.seeds.size(),
                              study.options.seeds.size() == 1 ? "seed" : "seeds"));
}

Picture sample_grid(Model& model, std::uint64_t count) {
    const auto samples = draw_samples(model, count, 0);
    const auto side = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(count))));
    return montage(pixels(samples.values, model.shape()), model.shape(), {.columns = side});
}

}  // namespace

std::vector<std::filesystem::path> draw_study(const Study& study) {
    std::vector<std::filesystem::path> drawn;
    const auto picture = [&](const char* name,
                             const std::function<void(const std::filesystem::path&)>& work) {
        const auto path = study.options.folder / name;
        try_to_draw(name, [&] {
            work(path);
            drawn.push_back(path);
        });
    };
    picture("curves.png", [&](const auto& path) { draw(study_curves(study), path); });
    if (is_synthetic(study.options)) {
        picture("figure.png", [&](const auto& path) { draw(synthetic_figure(study), path); });
    }
    const auto seed = study.options.seeds.front();
    const auto vanilla = load_model(RunFolder::open(study.run(Arm::vanilla, seed).folder));
    if (vanilla->shape().is_image()) {
        picture("samples.png", [&](const auto& path) {
            const auto mollified = load_model(RunFolder::open(study.run(Arm::mollified, seed).folder));
            const auto count = study.options.config.evaluation.samples;
            write_png(path, beside(sample_grid(*vanilla, count), sample_grid(*mollified, count), kBetween));
        });
    }
    return drawn;
}

}  // namespace mollify
