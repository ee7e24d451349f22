#pragma once
/// \file One sitting of a run: from its last checkpoint, or the beginning, to its end or a signal.

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include <mollify/pipeline/pipeline.hpp>
#include <mollify/trainers/checkpoint.hpp>
#include <mollify/trainers/program/run/progress.hpp>
#include <mollify/trainers/program/run/run_folder.hpp>
#include <mollify/trainers/program/run/run_log.hpp>
#include <mollify/trainers/program/run/run_state.hpp>
#include <mollify/trainers/program/run/setup.hpp>
#include <mollify/trainers/program/run/train_options.hpp>
#include <mollify/trainers/trainer.hpp>

namespace mollify {

/// What happens around the steps of a Trainer: lines of metrics, evaluations, snapshots, checkpoints. For the
/// thread that called prepare().
///
/// The reference re-estimates the model's statistics from the clean training set before training and after every
/// epoch. In training mode they are not looked at, so here it happens where they are: before an evaluation, a
/// snapshot or a checkpoint. The numbers are the same.
class Session {
  public:
    Session(const Setup& setup, const RunFolder& folder, Model& model, Optimizer& optimizer,
            const TrainOptions& options);

    /// Goes on from the folder's newest whole checkpoint where options.resume and there is one; trains to the end.
    /// \returns the signal that stopped it after a checkpoint, or 0
    int run();

    Summary summary() const;

  private:
    using Clock = std::chrono::steady_clock;
    static double seconds_since(Clock::time_point start);

    /// `recipe` with each bad sample in the folder's list as soon as it is met.
    Recipe listing_bad_samples(Recipe recipe);
    /// \returns the data of the checkpoint, where they are others than now and the user takes these
    std::optional<DataIdentity> restore_latest();
    void accept(const DataIdentity& before);
    void after_step(const TrainingStep& step);
    StepMetrics measure(const TrainingStep& step) const;
    void log_line(const StepMetrics& metrics);
    bool evaluation_due() const;
    void evaluate_parts();
    void settle();
    void save_snapshot();
    void save_checkpoint();
    /// Before an error is passed on: a checkpoint, if the error came between two steps.
    void save_what_is_whole();
    void stop_if_diverged();
    /// A step can break the model before a loss tells; then the checkpoints before it are what is left.
    bool worth_saving();
    double seconds() const { return session_start_.seconds + seconds_since(started_); }
    /// Brings the sums over all sessions up to date.
    void count_time();
    template <class Work>
    void aside(Work&& work);

    const Setup& setup_;
    const RunFolder& folder_;
    Model& model_;
    Optimizer& optimizer_;
    TrainOptions options_;
    Trainer trainer_;
    Pipeline pipeline_;
    CheckpointFolder checkpoints_;
    std::string configuration_;
    DataIdentity data_;

    Iteration done_ = 0;     // iterations
    bool stepping_ = false;  // within a step: the model is neither what it was nor what it will be
    RunState state_;
    RunState session_start_;            // state_ as this session found it
    at::Tensor clean_;                  // the whole training set, where the model asks for it
    std::optional<Iteration> settled_;  // the iteration whose weights the model's statistics belong to
    std::optional<Iteration> checkpointed_;
    std::vector<NamedTensor> best_;  // found since the last checkpoint, and not yet written
    std::optional<MetricsLog> metrics_;
    std::optional<Progress> progress_;

    Clock::time_point started_ = Clock::now();
    Clock::time_point last_checkpoint_ = Clock::now();
    double aside_seconds_ = 0;  // of the pipeline's wall time, not spent in steps
    struct Window {             // since the last line of metrics
        Clock::time_point start;
        std::uint64_t samples = 0;
        double aside = 0;
        double wait = 0;
    } window_;
};

}  // namespace mollify
