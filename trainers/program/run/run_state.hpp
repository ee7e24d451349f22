#pragma once
/// \file What a training carries from one session to the next beside its tensors.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <mollify/pipeline/bad_samples.hpp>
#include <mollify/stages/shape.hpp>
#include <mollify/trainers/program/run/data_identity.hpp>

namespace mollify {

struct RunState {
    SampleShape shape;                 ///< of a sample, so that the model can be made without the data
    std::uint64_t metrics_bytes = 0;   ///< of metrics.jsonl; the rest is of a future that did not come
    std::uint64_t skipped = 0;         ///< iterations with a non-finite loss
    std::uint64_t skipped_in_row = 0;  ///< the last of them, if they are the last iterations
    double seconds = 0;                ///< of all sessions
    double training_seconds = 0;       ///< of these: steps and waits, without evaluations and checkpoints
    double data_wait_seconds = 0;      ///< of these: waiting for batches
    std::uint64_t samples = 0;         ///< trained on
    double loss_sum = 0;               ///< since the last line of metrics.jsonl
    std::uint64_t loss_count = 0;      ///< finite losses in it
    std::uint64_t evaluated = 0;       ///< iteration of the last evaluation; 0 for none
    std::optional<double> test_last;   ///< of that evaluation, as those below
    std::optional<double> validation_last;
    std::uint64_t best_iteration = 0;
    std::optional<double> test_best;
    std::optional<double> validation_best;
    std::vector<BadSample> bad_samples;  ///< that training met
    std::optional<DataIdentity> data;    ///< absent where an older version wrote it
    std::vector<DataChange> accepted;    ///< data that were changed on the way
    std::string limiting_stage;  ///< of the last session that trained; empty where it could not be told
};

/// As text for a checkpoint's notes; doubles come back to the bit.
std::string to_text(const RunState& state);
/// One sample as an object: sample, iteration, stage, origin, reason.
nlohmann::json to_json(const BadSample& bad);
/// Throws Error for a text that to_text() did not write.
RunState run_state(const std::string& text);

}  // namespace mollify
