#pragma once
/// \file One run from its configuration to its summary.

#include <mollify/trainers/program/run/setup.hpp>
#include <mollify/trainers/program/run/summary.hpp>
#include <mollify/trainers/program/run/train_options.hpp>

namespace mollify {

/// Thrown by train() after its checkpoint when a signal asked it to stop.
struct Interrupted {
    int signal = 0;  ///< SIGINT, SIGTERM or SIGHUP: the program exits with 128 plus this
    const char* advice = "go on with --resume";
};

/// Trains `setup` in options.folder and returns what summary.json then holds; a run that is already finished
/// is not trained again when `resume` is set. Holds the folder's lock while it trains. Pictures are not drawn here.
/// On SIGINT, SIGTERM or SIGHUP (signals.hpp) it writes a checkpoint and throws Interrupted.
/// So it does before it passes an error on that leaves the model whole, such as a bad sample, and where too many
/// losses in a row are not finite (training.max_skips), as far as the model is finite.
/// Throws ConfigError, DataError, StageError, Error.
Summary train(const Setup& setup, const TrainOptions& options);

}  // namespace mollify
