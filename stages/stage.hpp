#pragma once
/// \file What a stage is: a plain callable on a batch. Threads, order and errors belong to the graph that
/// calls it.

#include <concepts>

#include <mollify/stages/batch.hpp>

namespace mollify {

/// A callable on one batch, const, thread-safe for different batches, and without hidden state: what it does
/// to a batch depends on the batch alone. It throws on failure.
template <class S>
concept Stage = std::copy_constructible<S> && requires(const S& stage, Batch& batch) {
    stage(batch);
};

/// A stage whose rows are independent and costly, so that a graph may spread them over threads.
template <class S>
concept RowStage = Stage<S> && requires(const S& stage, Batch& batch, const RowLoop& rows) {
    stage(batch, rows);
};

/// A stage that changes the form of a batch says so here, before anything runs. It throws ConfigError where
/// it cannot work on `input`.
template <class S>
concept FormatStage = Stage<S> && requires(const S& stage, const Format& input) {
    { stage.output(input) } -> std::convertible_to<Format>;
};

/// A stage with a name for graphs, statistics and errors.
template <class S>
concept NamedStage = Stage<S> && requires {
    { S::kName } -> std::convertible_to<const char*>;
};

/// Two adjacent stages that have a common one-pass form: `fuse(first, second)` is found by argument-dependent
/// lookup and gives the same bytes as first, then second.
template <class A, class B>
concept Fusible = Stage<A> && Stage<B> && requires(const A& first, const B& second) {
    { fuse(first, second) } -> Stage;
};

/// What `stage` makes of `input`: its own answer, or `input` unchanged.
template <Stage S>
Format output_format(const S& stage, const Format& input) {
    if constexpr (FormatStage<S>) {
        return stage.output(input);
    } else {
        return input;
    }
}

}  // namespace mollify
