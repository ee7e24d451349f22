#include <algorithm>
#include <filesystem>

#include <ATen/core/Tensor.h>
#include <spdlog/spdlog.h>

#include <mollify/datasets/sampler.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/kernel/philox.hpp>
#include <mollify/trainers/models/kinds.hpp>
#include <mollify/trainers/process/thread_limit.hpp>
#include <mollify/trainers/process/threads.hpp>
#include <mollify/trainers/program/data/known_dataset.hpp>
#include <mollify/trainers/program/run/setup.hpp>

namespace mollify {
namespace {

PipelineOptions pipeline_options(const Config& config, std::size_t threads) {
    PipelineOptions options;
    options.batch_size = config.pipeline.batch_size;
    options.shuffle = config.pipeline.shuffle;
    options.drop_last = config.pipeline.drop_last;
    options.seed = config.training.seed;
    options.in_flight = config.pipeline.in_flight;
    options.threads = threads;
    options.bad_samples = {.policy = config.pipeline.bad_samples,
                           .budget = config.pipeline.bad_budget,
                           .report = [](const BadSample& bad) { spdlog::warn("bad {}", to_string(bad)); }};
    return options;
}

/// Where a path leads from anywhere. The last name stays as it is: it names the data.
std::string resolved(const std::string& path) {
    if (path.empty()) return path;
    std::error_code error;
    const auto absolute = std::filesystem::absolute(path, error);
    if (error) return path;
    const auto folder = std::filesystem::weakly_canonical(absolute.parent_path(), error);
    return ((error ? absolute.parent_path() : folder) / absolute.filename()).string();
}

}  // namespace

Setup prepare(const Config& wanted, std::vector<std::string> found) {
    Config config = wanted;
    config.data.path = resolved(config.data.path);
    const auto add = [&](const std::vector<std::string>& more, const std::string& section = "") {
        for (const auto& problem : more) found.push_back(section + problem);
    };
    add(problems(config));
    if (config.training.device == "cuda") {
        if (const auto problem = device_problem("cuda"); !problem.empty())
            add({problem}, "training.device: ");
    }
    std::optional<Data> data;
    std::optional<DataError> unusable;
    if (std::ranges::find(data_set_names(), config.data.set) != data_set_names().end()) {
        try {
            data = open_data(config.data);
            for (auto* part : {&data->train, &data->validation, &data->test}) {
                if (*part) *part = std::make_shared<KnownDataset>(*part);
            }
        } catch (const ConfigError& error) {
            add(error.problems());
        } catch (const DataError& error) {
            unusable = error;
        }
    }
    if (data) add(shape_problems(config.model, data->shape), "model: ");
    if (data && config.pipeline.flip && !data->shape.is_image()) {
        found.push_back("pipeline.flip: '" + config.data.set + "' does not hold images");
    }
    Iteration batches_per_epoch = 0;
    if (data && config.pipeline.batch_size > 0) {
        try {
            const auto options = pipeline_options(config, 1);
            batches_per_epoch = Sampler(data->train->size(), Recipe(data->train, options).sampler_options())
                                    .batches_per_epoch();
        } catch (const ConfigError& error) {
            add(error.problems());
        }
    }
    if (batches_per_epoch > 0 && config.training.epochs > kAddressLimit / batches_per_epoch)
        found.push_back("training.epochs: noise has addresses for 2^44 iterations, and these are more");
    if (config.training.iterations > kAddressLimit)
        found.push_back("training.iterations: noise has addresses for 2^44, and these are more");
    const auto iterations = total_iterations(config, batches_per_epoch);
    for (const auto snapshot : config.training.snapshots) {
        if (iterations > 0 && snapshot > iterations) {
            found.push_back("training.snapshots: there is no iteration " + std::to_string(snapshot) +
                            ", the training has " + std::to_string(iterations));
        }
    }
    if (unusable && found.empty()) throw DataError(*unusable);
    if (unusable) found.emplace_back(unusable->what());
    if (!found.empty()) throw ConfigError(found);

    const auto placement = Placement::on(config.training.device);
    const auto threads = split_threads(config.threads, data->shape, !placement.device().is_cpu());
    if (const auto problem = thread_problem(helpers(threads)); !problem.empty()) throw ConfigError(problem);
    cap_math_threads(static_cast<int>(threads.math));
    Setup setup{config, std::move(*data), placement, threads, batches_per_epoch, iterations, std::nullopt};
    setup.mollifier =
        make_mollifier(config.mollification.kind, Schedule(resolved_schedule(config, batches_per_epoch)),
                       config.training.seed);
    return setup;
}

ChainOptions Setup::chain_options() const {
    ChainOptions options;
    options.pipeline = pipeline_options(config, threads.pipeline);
    options.seed = config.training.seed;
    options.flip = config.pipeline.flip;
    return options;
}

Recipe Setup::training_recipe() const {
    auto options = chain_options();
    options.mollifier = mollifier;
    return make_recipe(data, data.train, options);
}

Recipe Setup::clean_training_recipe() const { return make_recipe(data, data.train, chain_options()); }

Recipe Setup::clean_recipe(const DatasetPtr& part) const {
    auto recipe = mollify::clean_recipe(data, part, config.evaluation.batch_size, threads.pipeline,
                                        config.training.seed);
    recipe.options.bad_samples = pipeline_options(config, threads.pipeline).bad_samples;
    // No sample counts twice.
    if (auto& policy = recipe.options.bad_samples.policy; policy == BadSamplePolicy::substitute)
        policy = BadSamplePolicy::skip;
    return recipe;
}

DataIdentity Setup::data_identity() const {
    const auto fingerprint = [](const DatasetPtr& part) { return part ? part->fingerprint() : "none"; };
    return {signature(training_recipe()), fingerprint(data.validation), fingerprint(data.test)};
}

double Setup::noise_level(Iteration iteration, Epoch epoch) const {
    return mollifier ? mollifier->level(iteration, epoch) : 0;
}

std::unique_ptr<Model> Setup::new_model() const {
    auto model = make_model(config.model, data.shape, config.training.seed);
    model->to(placement.device());
    return model;
}

std::string Setup::mollifier_name() const {
    if (!mollifier) return "none";
    return mollifier->kind() + " " + to_string(mollifier->schedule().options().curve);
}

}  // namespace mollify
