#include <algorithm>
#include <cstdio>
#include <limits>

#include <mollify/pipeline/pipeline.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/trainers/program/commands/commands.hpp>
#include <mollify/trainers/program/data/data.hpp>

namespace mollify {
namespace {

/// Reads and decodes every sample of a part, and prints those that cannot be used. \returns how many
std::size_t verify(const Data& data, const char* name, const DatasetPtr& part, std::size_t threads) {
    constexpr std::size_t kBatch = 64;
    auto recipe = clean_recipe(data, part, kBatch, threads, 0);
    recipe.options.bad_samples = {
        .policy = BadSamplePolicy::skip,
        .budget = std::numeric_limits<std::size_t>::max(),
        .report = [&](const BadSample& bad) { std::printf("%s  %s\n", name, to_string(bad).c_str()); }};
    const Sampler sampler(part->size(), recipe.sampler_options());
    BatchRange range(recipe, 0, sampler.batches_per_epoch());
    for ([[maybe_unused]] Batch& batch : range) {
    }
    return range.statistics().bad_samples;
}

int run(const ConfigOptions& options) {
    const auto [config, found] = options.resolve();
    if (!found.empty()) throw ConfigError(found);
    const auto data = open_data(config.data);
    std::size_t samples = 0, bad = 0;
    const auto look = [&](const char* name, const DatasetPtr& part) {
        if (!part) return;
        samples += part->size();
        bad += verify(data, name, part, total_threads(config.threads));
    };
    look("train", data.train);
    look("validation", data.validation);
    look("test", data.test);
    std::printf("%zu samples of %s, %zu of them bad\n", samples, data.name.c_str(), bad);
    return bad == 0 ? 0 : 1;
}

}  // namespace

void add_verify(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("verify", "read and decode every sample, and list those that are bad");
    const auto options = std::make_shared<ConfigOptions>();
    command->add_option("data", options->data, "file or folder with the data");
    command->add_option("--preset", options->preset, "a configuration by name; `mollify presets` lists them");
    command->add_option("--config", options->file, "a TOML file with the configuration")
        ->type_name("CONFIG.toml")
        ->excludes("--preset");
    command->add_option("--threads", options->threads, "that this process may use");
    add_settings(*command, options->settings, "section.key=value, any key of the configuration");
    command->footer("Ends with status 0 where all samples can be used, with 1 where there are bad ones.");
    command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace mollify
