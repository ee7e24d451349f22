#include <cstdio>

#include <ATen/core/Tensor.h>
#include <spdlog/fmt/fmt.h>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/evaluation.hpp>
#include <mollify/trainers/program/commands/commands.hpp>
#include <mollify/trainers/program/run/optional_number.hpp>
#include <mollify/trainers/program/run/report.hpp>
#include <mollify/trainers/program/run/run_folder.hpp>
#include <mollify/trainers/program/run/setup.hpp>

namespace mollify {
namespace {

struct Options {
    std::string run;
    bool best = false;
    std::string data;
    std::string device;
};

int run(const Options& options) {
    const auto folder = RunFolder::open(options.run);
    auto config = folder.config();
    if (!options.data.empty()) config.data.path = options.data;
    if (!options.device.empty()) config.training.device = options.device;
    const auto setup = prepare(config);
    if (const auto then = folder.data()) {
        const auto problem = data_problem(*then, setup.data_identity());
        if (!problem.empty()) {
            throw ConfigError("the run in '" + options.run +
                              "' cannot be evaluated on these data: " + problem);
        }
        warn_of_unknown_parts(*then, options.run);
    }
    const auto model = load_model(folder, options.best ? Weights::best() : Weights::last());
    model->to(setup.placement.device());

    std::vector<std::pair<std::string, std::string>> rows{{"data set", setup.data.name},
                                                          {"weights", options.best ? "best" : "last"}};
    const auto add = [&](const char* what, const DatasetPtr& part) {
        if (!part) return;
        const auto result = evaluate(*model, setup.clean_recipe(part), setup.placement);
        const auto mean = finite(result.mean);
        auto text = fmt::format("{} over {} samples", nats(mean), result.samples);
        if (result.non_finite) text += fmt::format(", {} of them not finite", result.non_finite);
        rows.emplace_back(what, text);
        if (setup.data.dequantize && mean) {
            rows.emplace_back("", fmt::format("{:.4f} bits per dimension",
                                              bits_per_dimension(*mean, setup.data.shape, kGreyLevel)));
        }
    };
    add("train", setup.data.train);
    add("validation", setup.data.validation);
    add("test", setup.data.test);
    std::fputs(table(rows).c_str(), stdout);
    return 0;
}

}  // namespace

void add_evaluate(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("evaluate", "mean log-likelihood of a run's model on clean data");
    const auto options = std::make_shared<Options>();
    command->add_option("run", options->run, "folder of the run")->required()->type_name("RUN");
    command->add_flag("--best", options->best, "the model with the best validation, not the last");
    command->add_option("--data", options->data, "where the data is now, if not where it was");
    command->add_option("--device", options->device, "auto, cpu or cuda");
    command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace mollify
