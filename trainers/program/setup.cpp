#include <algorithm>

#include <ATen/core/Tensor.h>

#include <mollify/datasets/sampler.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/trainers/models/factory.hpp>
#include <mollify/trainers/program/setup.hpp>
#include <mollify/trainers/thread_cap.hpp>

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
    return options;
}

bool among(const std::string& name, const std::vector<std::string>& names) {
    return std::ranges::find(names, name) != names.end();
}

}  // namespace

Setup prepare(const Config& config) {
    auto found = problems(config);
    const auto add = [&](const std::vector<std::string>& more) {
        found.insert(found.end(), more.begin(), more.end());
    };
    std::optional<Data> data;
    if (among(config.data.set, data_set_names())) {
        try {
            data = open_data(config.data);
        } catch (const ConfigError& error) {
            add(error.problems());
        } catch (const DataError& error) {
            // Alone it keeps its type; beside other problems it is one of them.
            if (found.empty()) throw;
            add({error.what()});
        }
    }
    if (data && among(config.model.kind, model_kinds())) {
        for (const auto& problem : problems(config.model, data->shape)) found.push_back("model: " + problem);
    }
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
    if (!found.empty()) throw ConfigError(found);

    const auto placement = Placement::on(config.training.device);
    const auto threads = split_threads(config.threads, data->shape, !placement.device().is_cpu());
    cap_math_threads(static_cast<int>(threads.math));
    Setup setup{config,      std::move(*data),  placement,
                threads,     batches_per_epoch, total_iterations(config, batches_per_epoch),
                std::nullopt};
    if (config.mollification.kind != "none") {
        setup.schedule.emplace(resolved_schedule(config, batches_per_epoch));
    }
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
    if (schedule) options.mollifier.emplace(*schedule, config.training.seed);
    return make_recipe(data, data.train, options);
}

Recipe Setup::clean_training_recipe() const { return make_recipe(data, data.train, chain_options()); }

double Setup::noise_level(Iteration iteration, Epoch epoch) const {
    return schedule ? schedule->level(iteration, epoch) : 0;
}

std::unique_ptr<Model> Setup::new_model() const {
    auto model = make_model(config.model, data.shape, config.training.seed);
    model->to(placement.device());
    return model;
}

std::string Setup::mollifier_name() const {
    if (!schedule) return "none";
    return config.mollification.kind + " " + to_string(schedule->options().curve);
}

}  // namespace mollify
