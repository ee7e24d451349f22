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

/// Colours of the arms, told apart also by the colour-blind (Okabe and Ito 2008), and their lighter companions; they
/// begin again after the last.
constexpr struct {
    const char* strong;
    const char* pale;
} kArmColours[] = {{kVermilion, kPaleOrange}, {kBlue, kPaleBlue},     {"#009e73", "#a1d9c4"},
                   {"#cc79a7", "#ecc9dc"},    {"#e69f00", "#f8dca0"}, {"#56b4e9", "#c3e4f8"}};

Figure study_curves(const Study& study) {
    std::vector<History> histories;
    for (const auto& run : study.runs) {
        auto runs_history = history(RunFolder::open(run.folder).metrics());
        runs_history.label = run.arm;
        runs_history.in_legend = run.seed == study.options.seeds.front();
        const auto arm =
            std::ranges::find(study.options.arms, run.arm, &Arm::name) - study.options.arms.begin();
        const auto& colours = kArmColours[static_cast<std::size_t>(arm) % std::size(kArmColours)];
        runs_history.colour = colours.strong;
        runs_history.pale = colours.pale;
        histories.push_back(std::move(runs_history));
    }
    const auto& config = study.options.config;
    return curves(histories, fmt::format("{}, {}, {} {}", config.data.set, trained_models(study.options),
                                         study.options.seeds.size(),
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
    const auto& arms = study.options.arms;
    const auto model_of = [&](const Arm& arm) {
        return load_model(RunFolder::open(study.run(arm.name, seed).folder));
    };
    const auto first = model_of(arms.front());
    if (first->shape().is_image()) {
        picture("samples.png", [&](const auto& path) {
            const auto count = study.options.config.evaluation.samples;
            auto grids = sample_grid(*first, count);
            for (std::size_t arm = 1; arm < arms.size(); ++arm)
                grids = beside(grids, sample_grid(*model_of(arms[arm]), count), kBetween);
            write_png(path, grids);
        });
    }
    return drawn;
}

}  // namespace mollify
