#include <cstdio>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/process/thread_limit.hpp>
#include <mollify/trainers/process/threads.hpp>
#include <mollify/trainers/program/commands/commands.hpp>
#include <mollify/trainers/program/run/pictures.hpp>
#include <mollify/trainers/program/run/run_folder.hpp>

namespace mollify {
namespace {

struct Options {
    std::string run;
    std::uint64_t count = 64;
    std::string output;
    std::uint64_t seed = 0;
    bool best = false;
};

int run(const Options& options) {
    const auto folder = RunFolder::open(options.run);
    // No batches are made beside it.
    const auto& threads = folder.config().threads;
    const auto math = threads.math ? threads.math : total_threads(threads);
    if (const auto problem = thread_problem(math - 1); !problem.empty()) throw ConfigError(problem);
    cap_math_threads(static_cast<int>(math));
    const auto model = load_model(folder, options.best ? Weights::best() : Weights::last());
    require_sample_file(options.output, model->shape());
    const auto samples = draw_samples(*model, options.count, options.seed);
    save_samples(options.output, samples, model->shape());
    std::printf("%llu samples in %s", static_cast<unsigned long long>(options.count), options.output.c_str());
    if (samples.non_finite) std::printf(", %zu of them with numbers that are not finite", samples.non_finite);
    std::printf("\n");
    return 0;
}

}  // namespace

void add_sample(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("sample", "draw samples from a run's model");
    const auto options = std::make_shared<Options>();
    command->add_option("run", options->run, "folder of the run")->required()->type_name("RUN");
    command->add_option("--count", options->count, "how many")->check(CLI::Range(1ull, 10'000'000ull));
    command->add_option("--output", options->output, "FILE.png for images and 2-D data, FILE.npy for any")
        ->required();
    command->add_option("--seed", options->seed, "of the samples");
    command->add_flag("--best", options->best, "the model with the best validation, not the last");
    command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace mollify
