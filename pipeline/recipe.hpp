#pragma once
/// \file What a pipeline is made of, before anything runs: a data set, its order, and named steps.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory_resource>
#include <string>
#include <vector>

#include <mollify/datasets/dataset.hpp>
#include <mollify/datasets/sampler.hpp>
#include <mollify/pipeline/bad_samples.hpp>
#include <mollify/stages/batch.hpp>

namespace mollify {

/// How many batches a step may work on at once.
struct Concurrency {
    std::size_t limit = 0;  ///< 0: as many as the pipeline has threads

    static constexpr Concurrency unlimited() { return {0}; }
    static constexpr Concurrency serial() { return {1}; }
    static constexpr Concurrency at_most(std::size_t batches) { return {batches}; }
};

struct PipelineOptions {
    std::size_t batch_size = 128;  ///< rows of the global batch, over all shards together
    bool shuffle = true;           ///< a new order per (seed, epoch); otherwise the data set's own
    bool drop_last = true;         ///< leave out the incomplete batch at an epoch's end
    std::uint64_t seed = 0;        ///< of the order; stages have seeds of their own
    Shard shard = {};              ///< which rows of every global batch are made here
    std::size_t in_flight =
        0;  ///< slots in the ring, the most batches in memory; 0: two per thread, plus two
    std::size_t threads =
        0;  ///< threads that make batches, beside the one that consumes; 0: available_threads()
    std::pmr::memory_resource* memory = std::pmr::get_default_resource();  ///< of the slots; outlives the run
        ///< (what an encoded file needs, it takes from the heap)
    BadSamples bad_samples = {};

    /// With the defaults for in_flight and threads filled in.
    PipelineOptions resolved() const;
};

/// One step between source and consumer, with its type erased.
struct Step {
    std::string name;
    Concurrency concurrency;
    std::function<void(Batch&, const RowLoop&)> work;
};

/// Everything that a run needs. Built by the chain (chain.hpp); a plain value.
struct Recipe {
    Recipe(DatasetPtr data, const PipelineOptions& pipeline_options);

    /// Adds a step that leaves batches in the form `output`. A change of shape is a problem, except from encoded
    /// files to the first shape: slots have one shape.
    void append(Step step, const Format& output);

    DatasetPtr dataset;
    PipelineOptions options;
    std::vector<Step> steps;
    Format format;                      ///< what the last step delivers
    BatchLayout layout;                 ///< what the slots need for all steps
    std::vector<std::string> problems;  ///< found while composing, thrown together by validated()

    /// The recipe with every option resolved. Throws ConfigError with all problems of the chain and the
    /// options.
    Recipe validated() const;

    SamplerOptions sampler_options() const;

    /// The chain as a graph in the DOT language; `consumer` names the last node.
    std::string to_dot(const std::string& consumer) const;
};

/// Where a pipeline stands: all that a checkpoint needs to go on with the same bytes. (Bad samples are found again;
/// that they count for the budget is Pipeline::remember's.)
struct Position {
    Iteration iteration = 0;  ///< the next iteration to run
    std::string signature;    ///< of data, order and algorithm: another signature means other batches
};

/// Signature of everything that the order and the content of batches depend on before the steps: the
/// algorithm version, the data set's fingerprint, batch size, order and seed. Threads, ring, shards and the policy
/// for bad samples are not part of it: a run that failed may go on under another.
std::string signature(const Recipe& recipe);

}  // namespace mollify
