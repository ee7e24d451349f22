#pragma once
/// \file One run from its configuration to its summary.

#include <filesystem>

#include <mollify/trainers/program/run/setup.hpp>
#include <mollify/trainers/program/run/summary.hpp>

namespace mollify {

/// Thrown by train() after its checkpoint when a signal asked it to stop.
struct Interrupted {
    int signal = 0;  ///< SIGINT, SIGTERM or SIGHUP: the program exits with 128 plus this
    const char* advice = "go on with --resume";
};

struct TrainOptions {
    std::filesystem::path folder;  ///< of the run
    bool resume = false;  ///< go on where the folder's last checkpoint stands, or begin if it has none
    bool quiet = false;   ///< no table, no evaluations (a study prints its own)
};

/// Trains `setup` in options.folder and returns what summary.json then holds; a run that is already finished
/// is not trained again when `resume` is set. Holds the folder's lock while it trains. Pictures are not drawn here.
/// On SIGINT, SIGTERM or SIGHUP (signals.hpp) it writes a checkpoint and throws Interrupted.
/// Throws ConfigError, DataError, StageError.
Summary train(const Setup& setup, const TrainOptions& options);

}  // namespace mollify
