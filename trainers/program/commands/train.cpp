#include <cstdio>

#include <ATen/core/Tensor.h>

#include <mollify/trainers/program/commands/commands.hpp>
#include <mollify/trainers/program/run/pictures.hpp>
#include <mollify/trainers/program/run/report.hpp>
#include <mollify/trainers/program/run/run_folder.hpp>
#include <mollify/trainers/program/run/training.hpp>

namespace mollify {
namespace {

struct Options {
    ConfigOptions config;
    std::string out;
    bool resume = false;
    bool accept_data = false;
};

int run(const Options& options) {
    const auto resolved = options.config.resolve();
    const auto setup = prepare(resolved.config, resolved.problems);
    const auto folder = options.out.empty() ? default_run_folder(setup.config) : options.out;
    const auto summary = train(setup, {folder, options.resume, false, options.accept_data});
    draw_pictures(RunFolder::open(folder));
    std::fputs(closing(summary, setup.data, folder).c_str(), stdout);
    return 0;
}

}  // namespace

void add_train(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("train", "train a model, with mollification or without");
    const auto options = std::make_shared<Options>();
    options->config.add_to(*command);
    command->add_option("--out", options->out,
                        "folder of the run; default runs/<name>-<mollifier>-seed<seed>");
    auto* resume =
        command->add_flag("--resume", options->resume, "go on from the last checkpoint in the folder");
    command
        ->add_flag("--accept-data", options->accept_data,
                   "with --resume: go on although the data have changed; the folder keeps that")
        ->needs(resume);
    command->footer("Vanilla training: --set mollification.kind=none. Ctrl-C writes a checkpoint first.");
    command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace mollify
