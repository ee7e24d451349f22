#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include <ATen/core/Tensor.h>
#include <spdlog/fmt/fmt.h>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/checkpoint.hpp>
#include <mollify/trainers/optimizers/make_optimizer.hpp>
#include <mollify/trainers/program/run/folder_lock.hpp>
#include <mollify/trainers/program/run/report.hpp>
#include <mollify/trainers/program/run/run_folder.hpp>
#include <mollify/trainers/program/run/session.hpp>
#include <mollify/trainers/program/run/training.hpp>
#include <mollify/trainers/trainer.hpp>

namespace mollify {
namespace {

/// Room for the checkpoints that exist at once: those kept and the one being written, each with the model and
/// two moments per parameter, and the best model.
std::uint64_t checkpoint_bytes(const Model& model) {
    std::uint64_t bytes = 0;
    for (const auto& [name, tensor] : model_tensors(model)) bytes += tensor.nbytes();
    return 3 * 3 * bytes + bytes;
}

}  // namespace

Summary train(const Setup& setup, const TrainOptions& options) {
    // What is finished is only read, without a model: it may be on a read-only disk.
    const bool finished_before = options.resume && std::filesystem::exists(options.folder / "summary.json");
    std::unique_ptr<Model> model;
    std::optional<FolderLock> lock;
    if (!finished_before) {
        model = setup.new_model();
        if (const auto problem = batch_problem(*model, setup.training_recipe()); !problem.empty())
            throw ConfigError(problem);
        lock.emplace(options.folder);
    }
    const auto folder = RunFolder::prepare(options.folder, setup.config, options.resume);
    if (options.resume) {
        if (const auto finished = folder.summary()) {
            // The data at data.path may be another table of the same configuration.
            const auto problem = data_problem(finished->data, setup.data_identity());
            if (!problem.empty()) {
                throw ConfigError("the finished run in '" + folder.path().string() +
                                  "' cannot be used: " + problem + "\n    name another folder with --out");
            }
            warn_of_unknown_parts(finished->data, folder.path().string());
            folder.write_config();
            return *finished;
        }
    }
    const auto optimizer = make_optimizer(setup.config.optimizer, model->parameters());
    folder.remove_leftovers();
    folder.require_room(checkpoint_bytes(*model));
    if (!options.quiet) std::fputs(opening(setup, *model, folder.path()).c_str(), stdout);
    std::fflush(stdout);

    Session session(setup, folder, *model, *optimizer, options);
    if (const int signal = session.run()) throw Interrupted{signal};
    const auto summary = session.summary();
    folder.write_summary(summary);
    return summary;
}

}  // namespace mollify
