#include <cstdio>

#include <ATen/core/Tensor.h>
#include <spdlog/fmt/fmt.h>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/program/commands/commands.hpp>
#include <mollify/trainers/program/run/folder_lock.hpp>
#include <mollify/trainers/program/run/optional_number.hpp>
#include <mollify/trainers/program/run/pictures.hpp>
#include <mollify/trainers/program/run/report.hpp>
#include <mollify/trainers/program/run/run_folder.hpp>
#include <mollify/trainers/program/run/setup.hpp>
#include <mollify/trainers/program/run/training.hpp>
#include <mollify/trainers/program/study/study.hpp>
#include <mollify/trainers/program/study/study_pictures.hpp>
#include <mollify/trainers/program/study/synthetic_study.hpp>

namespace mollify {
namespace {

struct Options {
    ConfigOptions config;
    std::string name;
    std::vector<std::uint64_t> seeds{1, 2, 3, 4};
    std::string out;
};

/// One line about a run that is done.
std::string line(const StudyRun& run) {
    constexpr int kDigits = 3;
    const auto& summary = run.summary;
    auto text = fmt::format("{:<9}  seed {}  test {} (last)", to_string(run.arm), run.seed,
                            number(summary.test_log_likelihood_last, kDigits));
    if (summary.validation_log_likelihood_best)
        text += fmt::format(", {} (best)", number(summary.test_log_likelihood_best, kDigits));
    return text + fmt::format("  {:.0f} s", summary.wall_seconds);
}

void say(const std::string& text) {
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
}

int run(Options options) {
    if (options.name.ends_with(".toml")) {
        options.config.file = options.name;
    } else {
        options.config.preset = options.name;
    }
    auto [config, found] = options.config.resolve();
    for (const auto& setting : options.config.settings) {
        if (setting.starts_with("training.seed"))
            found.push_back("--set " + setting + ": a study takes its seeds from --seeds");
    }
    const StudyOptions study_options{config, options.seeds,
                                     options.out.empty() ? default_study_folder(config) : options.out};
    for (const auto& problem : problems(study_options)) found.push_back(problem);
    {
        const auto setup = prepare(config, found);
        if (!setup.data.test) {
            throw ConfigError("data.set: a study compares test likelihoods, and '" + setup.config.data.set +
                              "' has no test part (of an image folder: the folders train and test)");
        }
        say(opening(setup, *setup.new_model(), study_options.folder));
    }
    const FolderLock lock(study_options.folder);
    const auto total = 2 * study_options.seeds.size();
    const auto study = run_study(study_options, [&](const StudyRun& run, std::size_t done) {
        say(fmt::format("{}/{}  {}\n", done, total, line(run)));
        draw_pictures(RunFolder::open(run.folder));
    });

    const auto quantities = likelihoods(study);
    const auto distances = distances_to_truth(study);
    auto text = fmt::format(
        "Test log-likelihood in nats per sample of {} by {}, mean ± standard deviation over {} "
        "{}; higher is better:\n\n{}\n{}",
        config.data.set, config.model.kind, options.seeds.size(),
        options.seeds.size() == 1 ? "seed" : "seeds", comparison_table(quantities), verdict(quantities));
    if (!distances.empty()) text += fmt::format("\nAgainst the truth:\n\n{}", comparison_table(distances));
    auto all = quantities;
    all.insert(all.end(), distances.begin(), distances.end());
    write_study(study, all, text);
    say("\n" + text + "\n");
    for (const auto& picture : draw_study(study)) say("picture  " + picture.string() + "\n");
    say("study    " + study_options.folder.string() + "\n");
    return 0;
}

}  // namespace

void add_study(CLI::App& app, Action& action) {
    auto* command =
        app.add_subcommand("study", "train without mollification and with it, over seeds, and compare");
    const auto options = std::make_shared<Options>();
    command->add_option("name", options->name, "a preset, or a TOML file")
        ->required()
        ->type_name("NAME|CONFIG.toml");
    command
        ->add_option("--seeds", options->seeds, "one vanilla and one mollified run for each; default 1,2,3,4")
        ->delimiter(',')
        ->allow_extra_args(false)  // or it would take the positional that follows
        ->check(seed_range());
    command->add_option("--out", options->out, "folder of the study; default runs/study-<name>");
    options->config.add_shared_to(*command);
    command->footer("A study that was stopped goes on where it stood when it is started again.");
    command->callback([options, &action] {
        action = [options] {
            try {
                return run(*options);
            } catch (Interrupted& interrupted) {
                interrupted.advice = "start the study again to go on";
                throw;
            }
        };
    });
}

}  // namespace mollify
