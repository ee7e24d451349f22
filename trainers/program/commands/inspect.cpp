#include <cstdio>
#include <filesystem>

#include <ATen/core/Tensor.h>
#include <spdlog/fmt/fmt.h>

#include <mollify/datasets/storage/atomic_file.hpp>
#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/pipeline/pipeline.hpp>
#include <mollify/trainers/program/commands/commands.hpp>
#include <mollify/trainers/program/run/pictures.hpp>
#include <mollify/trainers/program/run/report.hpp>
#include <mollify/trainers/program/run/setup.hpp>

namespace mollify {
namespace {

struct Options {
    ConfigOptions config;
    std::uint64_t digest = 0;
    std::string montage;
    std::string dot;
};

/// Of the numbers of the first batches, in order: equal on all machines and for all numbers of threads.
std::string batches_digest(const Setup& setup, Iteration count) {
    Fingerprint fingerprint;
    BatchRange range(setup.training_recipe(), 0, count);
    for (Batch& batch : range) fingerprint.add(std::as_bytes(batch.values()));
    return fingerprint.hex();
}

int run(const Options& options) {
    auto [config, found] = options.config.resolve();
    if (!options.montage.empty() && std::filesystem::path(options.montage).extension() != ".png")
        found.push_back("--montage: '" + options.montage + "' must end in .png");
    const auto setup = prepare(config, found);
    std::fputs(opening(setup, *setup.new_model(), "none: this only looks").c_str(), stdout);
    const auto recipe = setup.training_recipe();
    const auto dot = recipe.to_dot("train");
    if (options.dot.empty()) {
        std::printf("%s\n", dot.c_str());
    } else {
        write_text(options.dot, dot);
    }
    if (!options.montage.empty()) {
        draw_schedule(setup, options.montage);
        std::printf("montage in %s\n", options.montage.c_str());
    }
    if (options.digest > 0) {
        std::printf("digest of the first %llu batches  %s\n", static_cast<unsigned long long>(options.digest),
                    batches_digest(setup, options.digest).c_str());
    }
    return 0;
}

}  // namespace

void add_inspect(CLI::App& app, Action& action) {
    auto* command =
        app.add_subcommand("inspect", "show data, graph and batches of a configuration; trains nothing");
    const auto options = std::make_shared<Options>();
    options->config.add_to(*command);
    command->add_option("--digest", options->digest, "print a digest of the bytes of the first N batches")
        ->type_name("N");
    command->add_option("--montage", options->montage, "draw one batch along the schedule into FILE.png");
    command->add_option("--dot", options->dot, "write the graph into FILE.dot in place of printing it");
    command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace mollify
