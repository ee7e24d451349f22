#include <algorithm>

#include <ATen/core/Tensor.h>
#include <spdlog/spdlog.h>
#include <torch/version.h>

#include <mollify/stages/error.hpp>
#include <mollify/stages/kernel/philox.hpp>
#include <mollify/trainers/evaluation.hpp>
#include <mollify/trainers/program/config/config_text.hpp>
#include <mollify/trainers/program/run/optional_number.hpp>
#include <mollify/trainers/program/run/session.hpp>
#include <mollify/trainers/program/run/signals.hpp>

namespace mollify {
namespace {

constexpr const char* kState = "state";

std::vector<NamedTensor> copies(std::vector<NamedTensor> tensors) {
    for (auto& named : tensors) named.tensor = named.tensor.detach().clone();
    return tensors;
}

}  // namespace

double Session::seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Session::Session(const Setup& setup, const RunFolder& folder, Model& model, Optimizer& optimizer,
                 const TrainOptions& options)
    : setup_(setup),
      folder_(folder),
      model_(model),
      optimizer_(optimizer),
      options_(options),
      trainer_(model, optimizer, setup.placement, setup.config.training.seed),
      pipeline_(listing_bad_samples(setup.training_recipe()), "train",
                [this](Batch& batch) {
                    stepping_ = true;
                    trainer_(batch);
                }),
      checkpoints_(folder.checkpoints()),
      configuration_(digest(setup.config)),
      data_(setup.data_identity()) {
    state_.shape = setup.data.shape;
    state_.data = data_;
    trainer_.after_step = [this](const TrainingStep& step) { after_step(step); };
}

Recipe Session::listing_bad_samples(Recipe recipe) {
    auto& report = recipe.options.bad_samples.report;
    report = [this, warn = report](const BadSample& bad) {
        warn(bad);
        folder_.write_bad_samples(pipeline_.bad_samples());
    };
    return recipe;
}

template <class Work>
void Session::aside(Work&& work) {
    const auto start = Clock::now();
    work();
    aside_seconds_ += seconds_since(start);
}

std::optional<DataIdentity> Session::restore_latest() {
    const auto checkpoint =
        checkpoints_.latest([](const std::string& complaint) { spdlog::warn("{}", complaint); },
                            [](const Checkpoint& found) { run_state(note(found.notes, kState)); });
    if (!checkpoint) return std::nullopt;
    const auto then = data_identity(*checkpoint);
    auto problem = resume_problem(*checkpoint, configuration_, then.signature);  // of the configuration alone
    const auto changed = data_problem(then, data_);
    const bool can_accept = !changed.empty() && only_data_differ(then, data_);
    if (problem.empty() && !(can_accept && options_.accept_data)) problem = changed;
    if (!problem.empty()) {
        throw ConfigError("the checkpoint at iteration " + std::to_string(checkpoint->position.iteration) +
                          " of '" + folder_.path().string() + "' cannot be used: " + problem +
                          (can_accept
                               ? "\n    if you have changed the data yourself, mended a file for one, add "
                                 "--accept-data; or name another folder with --out"
                               : ""));
    }
    if (checkpoint->position.iteration > setup_.iterations) {
        throw ConfigError("the checkpoint of '" + folder_.path().string() + "' is of iteration " +
                          std::to_string(checkpoint->position.iteration) +
                          ", and on these data the training has " + std::to_string(setup_.iterations) +
                          ": name another folder with --out");
    }
    warn_of_unknown_parts(then, folder_.path().string());
    if (checkpoint->torch_version != TORCH_VERSION) {
        spdlog::warn(
            "the checkpoint was written with LibTorch {}, this is {}: the bits may differ from an "
            "uninterrupted run",
            checkpoint->torch_version, TORCH_VERSION);
    }
    state_ = run_state(note(checkpoint->notes, kState));
    restore(checkpoint->tensors, model_, &optimizer_);
    done_ = checkpoint->position.iteration;
    checkpointed_ = done_;
    trainer_.resume(state_.skipped, state_.skipped_in_row);
    state_.data = data_;
    if (!options_.quiet) spdlog::info("going on at iteration {} of {}", done_, setup_.iterations);
    return changed.empty() ? std::nullopt : std::optional(then);
}

void Session::accept(const DataIdentity& before) {
    spdlog::warn("the data are not those of the first {} iterations, and are taken as --accept-data says: {}",
                 done_, data_problem(before, data_));
    state_.accepted.push_back({done_, before, data_});
    nlohmann::json line = state_.accepted.back();
    line["kind"] = "data";
    metrics_->write(line);
    checkpointed_.reset();  // so that the next one knows
    if (before.validation == data_.validation && before.test == data_.test) return;
    // What was measured on other data does not compare.
    state_.evaluated = state_.best_iteration = 0;
    state_.validation_best.reset();
    state_.test_best.reset();
}

int Session::run() {
    const SignalScope signals(pipeline_);
    checkpoints_.make();
    const auto other_data = options_.resume ? restore_latest() : std::nullopt;
    folder_.write_config();  // not before: what was refused leaves the folder as it is
    session_start_ = state_;
    pipeline_.remember(state_.bad_samples);
    folder_.write_bad_samples(state_.bad_samples);  // the rest is of a future that did not come
    metrics_.emplace(folder_.metrics_file(), state_.metrics_bytes);
    if (model_.needs_reestimation()) {
        clean_ = gather(setup_.clean_recipe(setup_.data.train), setup_.placement);
    }
    if (other_data) accept(*other_data);
    progress_.emplace(options_.quiet, done_, setup_.iterations);
    if (done_ == 0 || !std::filesystem::exists(folder_.snapshot_file(done_))) save_snapshot();
    if (done_ > 0 && evaluation_due() && state_.evaluated != done_) {  // a signal cut it short last time
        evaluate_parts();
        checkpointed_.reset();
    }

    window_ = {Clock::now()};
    last_checkpoint_ = Clock::now();
    try {
        pipeline_.resume({done_, data_.signature}, setup_.iterations);
        if (done_ > 0) stop_if_diverged();
    } catch (...) {
        progress_.reset();
        save_what_is_whole();
        throw;
    }
    // Before the first step there is nothing to save: a model that starts by its first batch has not started.
    if (done_ > 0 && checkpointed_ != done_) save_checkpoint();
    progress_.reset();
    return SignalScope::received();
}

void Session::after_step(const TrainingStep& step) {
    stepping_ = false;
    done_ = step.iteration + 1;
    state_.samples += step.samples;
    state_.skipped = trainer_.skipped();
    window_.samples += step.samples;
    state_.skipped_in_row = trainer_.skipped_in_a_row();
    if (step.skipped) {
        if (state_.skipped == 1)
            spdlog::warn("the loss of iteration {} is not finite: its step is skipped", step.iteration);
    } else {
        state_.loss_sum += step.loss;
        ++state_.loss_count;
    }
    const bool last = done_ == setup_.iterations;
    const bool log = last || done_ % setup_.config.training.log_every == 0;
    if (log || progress_->due()) {
        const auto metrics = measure(step);
        if (last || progress_->due()) progress_->step(metrics);
        if (log) log_line(metrics);
    }
    const auto most = setup_.config.training.max_skips;
    if (most > 0 && state_.skipped_in_row >= most) stop_if_diverged();
    aside([&] {
        save_snapshot();
        if (evaluation_due()) evaluate_parts();
        if (!last && seconds_since(last_checkpoint_) >= setup_.config.training.checkpoint_seconds &&
            worth_saving())
            save_checkpoint();
    });
}

StepMetrics Session::measure(const TrainingStep& step) const {
    const auto wait = pipeline_.statistics().data_wait_seconds - window_.wait;
    const double training = seconds_since(window_.start) - (aside_seconds_ - window_.aside);
    StepMetrics metrics;
    metrics.iteration = done_;
    metrics.epoch = static_cast<double>(done_) / static_cast<double>(setup_.batches_per_epoch);
    if (state_.loss_count > 0) metrics.loss = state_.loss_sum / static_cast<double>(state_.loss_count);
    metrics.noise_level = setup_.noise_level(step.iteration, step.epoch);
    metrics.skipped = state_.skipped;
    metrics.samples_per_second = static_cast<double>(window_.samples) / training;
    metrics.data_wait = wait / training;
    metrics.seconds = seconds();
    return metrics;
}

void Session::log_line(const StepMetrics& metrics) {
    metrics_->write(metrics);
    state_.loss_sum = 0;
    state_.loss_count = 0;
    window_ = {Clock::now(), 0, aside_seconds_, pipeline_.statistics().data_wait_seconds};
}

bool Session::evaluation_due() const {
    const auto& evaluation = setup_.config.evaluation;
    const Iteration every = evaluation.every_iterations ? evaluation.every_iterations
                                                        : evaluation.every_epochs * setup_.batches_per_epoch;
    return done_ == setup_.iterations || (every > 0 && done_ % every == 0);
}

void Session::settle() {
    if (!clean_.defined() || settled_ == done_) return;
    model_.reestimate(clean_);
    settled_ = done_;
}

void Session::evaluate_parts() {
    settle();
    EvaluationMetrics metrics;
    metrics.iteration = done_;
    metrics.epoch = static_cast<double>(done_) / static_cast<double>(setup_.batches_per_epoch);
    bool complete = true;
    const EvaluationOptions options{setup_.config.evaluation.limit,
                                    [] { return SignalScope::received() != 0; }};
    const auto mean = [&](const DatasetPtr& part) -> std::optional<double> {
        if (!part || !complete) return std::nullopt;
        const auto likelihood = evaluate(model_, setup_.clean_recipe(part), setup_.placement, options);
        complete = likelihood.complete;
        metrics.non_finite += likelihood.non_finite;
        return finite(likelihood.mean);
    };
    metrics.test = mean(setup_.data.test);
    metrics.validation = mean(setup_.data.validation);
    if (!complete) return;  // a signal came; the next session evaluates again

    metrics.best =
        metrics.validation && (!state_.validation_best || *metrics.validation > *state_.validation_best);
    if (metrics.best) {
        state_.validation_best = metrics.validation;
        state_.test_best = metrics.test;
        state_.best_iteration = done_;
        best_ = copies(model_tensors(model_));
    }
    state_.test_last = metrics.test;
    state_.validation_last = metrics.validation;
    state_.evaluated = done_;
    metrics.seconds = seconds();
    metrics_->write(metrics);
    progress_->evaluation(metrics, setup_.data);
}

void Session::save_snapshot() {
    const auto& wanted = setup_.config.training.snapshots;
    if (std::ranges::find(wanted, done_) == wanted.end()) return;
    settle();
    const auto file = folder_.snapshot_file(done_);
    std::filesystem::create_directories(file.parent_path());
    write_safetensors(file, model_tensors(model_), {{kState, to_text(state_)}});
}

void Session::count_time() {
    const auto statistics = pipeline_.statistics();
    state_.seconds = seconds();
    state_.training_seconds = session_start_.training_seconds + statistics.wall_seconds - aside_seconds_;
    state_.data_wait_seconds = session_start_.data_wait_seconds + statistics.data_wait_seconds;
    if (auto limiting = statistics.limiting_node(); !limiting.empty()) state_.limiting_stage = limiting;
}

void Session::save_checkpoint() {
    settle();
    count_time();
    state_.bad_samples = pipeline_.bad_samples();
    state_.metrics_bytes = metrics_->sync();
    if (!best_.empty()) write_safetensors(folder_.best_file(), best_, {{kState, to_text(state_)}});
    best_.clear();
    checkpoints_.write({{done_, data_.signature},
                        configuration_,
                        {{kState, to_text(state_)}},
                        checkpoint_tensors(model_, optimizer_)});
    checkpointed_ = done_;
    last_checkpoint_ = Clock::now();
}

void Session::save_what_is_whole() {
    if (!stepping_ && done_ > 0 && checkpointed_ != done_ && worth_saving()) {
        try {
            save_checkpoint();
        } catch (const std::exception& error) {
            spdlog::error("no checkpoint of iteration {} could be written: {}", done_, error.what());
        }
    }
    if (!checkpointed_) return;
    spdlog::error(
        "ended by an error. What was trained until iteration {} of {} is saved: see to what is told below, "
        "then go on with --resume, and with --accept-data where that changes the data",
        *checkpointed_, setup_.iterations);
}

bool Session::worth_saving() {
    if (setup_.config.training.max_skips == 0) return true;  // whatever comes of it
    settle();
    return std::ranges::all_of(model_tensors(model_), [](const NamedTensor& named) {
        return !named.tensor.is_floating_point() || named.tensor.isfinite().all().item<bool>();
    });
}

void Session::stop_if_diverged() {
    const auto most = setup_.config.training.max_skips;
    const bool many = state_.skipped_in_row >= most;
    if (most == 0 || (!many && worth_saving())) return;
    throw Error(
        std::string("the training has diverged: after iteration ") + std::to_string(done_) +
        (many ? " the loss was not finite for " + std::to_string(state_.skipped_in_row) +
                    " iterations in a row"
              : " the model's numbers are not finite") +
        "\n    begin again in another folder (--out) with a smaller optimizer.learning_rate, or look at the "
        "data (`mollify inspect`); --set training.max_skips=N bears more such iterations, 0 any number");
}

Summary Session::summary() const {
    Summary out;
    out.dataset = setup_.data.name;
    out.model = model_.name();
    out.data = data_;
    out.accepted_data = state_.accepted;
    out.mollifier = setup_.mollifier_name();
    out.seed = setup_.config.training.seed;
    out.parameters = model_.parameter_count();
    out.iterations = done_;
    out.epochs = static_cast<double>(done_) / static_cast<double>(setup_.batches_per_epoch);
    out.test_log_likelihood_last = state_.test_last;
    out.test_log_likelihood_best = state_.test_best;
    out.validation_log_likelihood_last = state_.validation_last;
    out.validation_log_likelihood_best = state_.validation_best;
    out.best_iteration = state_.best_iteration;
    if (setup_.data.dequantize && state_.test_last) {
        out.bits_per_dimension = bits_per_dimension(*state_.test_last, setup_.data.shape, kGreyLevel);
    }
    out.skipped_steps = state_.skipped;
    out.bad_samples = pipeline_.bad_samples().size();
    out.wall_seconds = seconds();
    if (state_.training_seconds > 0) {
        out.samples_per_second = static_cast<double>(state_.samples) / state_.training_seconds;
        out.data_wait_fraction = state_.data_wait_seconds / state_.training_seconds;
    }
    out.limiting_stage = state_.limiting_stage;
    out.device = setup_.placement.device().str();
    out.math_threads = setup_.threads.math;
    out.pipeline_threads = setup_.threads.pipeline;
    out.versions = {
        {"mollify", MOLLIFY_VERSION}, {"algorithm", kAlgorithmVersion}, {"libtorch", TORCH_VERSION}};
    return out;
}

}  // namespace mollify
