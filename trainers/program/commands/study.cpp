#include <algorithm>
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
    std::vector<std::string> kinds;
    std::vector<std::string> arms;
    std::string out;
};

/// One line about a run that is done.
std::string line(const StudyRun& run, std::size_t name_width) {
    constexpr int kDigits = 3;
    const auto& summary = run.summary;
    auto text = fmt::format("{:<{}}  seed {}  test {} (last)", run.arm, name_width, run.seed,
                            number(summary.test_log_likelihood_last, kDigits));
    if (summary.validation_log_likelihood_best)
        text += fmt::format(", {} (best)", number(summary.test_log_likelihood_best, kDigits));
    return text + fmt::format("  {:.0f} s", summary.wall_seconds);
}

std::vector<Arm> chosen_arms(const Options& options) {
    if (options.kinds.empty() && options.arms.empty()) return default_arms();
    std::vector<Arm> arms;
    for (const auto& kind : options.kinds) arms.push_back(arm_of_kind(kind));
    for (const auto& arm : options.arms) arms.push_back(parse_arm(arm));
    return arms;
}

/// What only its data can tell of an arm that changes more than mollification, told before anything starts.
void check_with_data(const StudyOptions& options) {
    std::vector<std::string> found;
    for (const Arm& arm : options.arms) {
        const bool same_otherwise = std::ranges::all_of(
            arm.settings, [](const auto& setting) { return setting.starts_with("mollification."); });
        if (same_otherwise) continue;
        try {
            static_cast<void>(prepare(run_config(options, arm, options.seeds.front())));
        } catch (const ConfigError& error) {
            for (const auto& problem : error.problems()) found.push_back("arm " + arm.name + ": " + problem);
        }
    }
    if (!found.empty()) throw ConfigError(found);
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
                                     options.out.empty() ? default_study_folder(config) : options.out,
                                     chosen_arms(options)};
    std::size_t name_width = 0;
    for (const auto& arm : study_options.arms) name_width = std::max(name_width, arm.name.size());
    for (const auto& problem : problems(study_options)) found.push_back(problem);
    {
        const auto setup = prepare(config, found);
        if (!setup.data.test) {
            throw ConfigError("data.set: a study compares test likelihoods, and '" + setup.config.data.set +
                              "' has no test part (of an image folder: the folders train and test)");
        }
        check_with_data(study_options);
        say(opening(setup, *setup.new_model(), study_options.folder));
    }
    const FolderLock lock(study_options.folder);
    const auto total = study_options.arms.size() * study_options.seeds.size();
    const auto study = run_study(study_options, [&](const StudyRun& run, std::size_t done) {
        say(fmt::format("{}/{}  {}\n", done, total, line(run, name_width)));
        draw_pictures(RunFolder::open(run.folder));
    });

    const auto quantities = likelihoods(study);
    const auto distances = distances_to_truth(study);
    auto text = fmt::format(
        "Test log-likelihood in nats per sample of {} by {}, mean ± standard deviation over {} "
        "{}; higher is better:\n\n{}\n{}",
        config.data.set, trained_models(study_options), options.seeds.size(),
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
    auto* command = app.add_subcommand(
        "study", "train in several arms, such as without mollification and with it, over seeds, and compare");
    const auto options = std::make_shared<Options>();
    command->add_option("name", options->name, "a preset, or a TOML file")
        ->required()
        ->type_name("NAME|CONFIG.toml");
    command->add_option("--seeds", options->seeds, "one run per arm for each; default 1,2,3,4")
        ->delimiter(',')
        ->allow_extra_args(false)  // or it would take the positional that follows
        ->check(seed_range());
    command
        ->add_option(
            "--arms", options->kinds,
            "kinds of mollification, an arm for each; none is the vanilla training. Default: vanilla, and "
            "mollified as configured")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("KIND,KIND,…");
    command
        ->add_option(
            "--arm", options->arms,
            "one more arm, by what it changes in the configuration, after those of --arms; may be given "
            "several times. The first arm of all is what the others are compared with")
        ->allow_extra_args(false)
        ->take_all()
        ->type_name("NAME:KEY=VALUE[,KEY=VALUE]");
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
