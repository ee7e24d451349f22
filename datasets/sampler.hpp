#pragma once
/// \file In which order samples are visited: a pure function of (options, iteration).

#include <cstddef>
#include <cstdint>
#include <vector>

#include <mollify/stages/batch.hpp>

namespace mollify {

/// One of `count` processes that train together. Each gets its rows of every global batch.
struct Shard {
    std::size_t index = 0;
    std::size_t count = 1;
};

struct SamplerOptions {
    std::size_t batch_size = 128;  ///< rows of the global batch, over all shards together; at least 1
    bool shuffle = true;           ///< a new permutation per (seed, epoch); otherwise 0, 1, 2, …
    bool drop_last = true;         ///< leave out the incomplete batch at an epoch's end
    std::uint64_t seed = 0;
    Shard shard = {};
};

/// Maps a global iteration to the epoch and the sample ids of its batch, with no state and O(1) memory: any
/// iteration can be asked for in any order, on any thread. The global batch of an iteration is the same for
/// every number of shards; shard k of n holds its k-th part of the rows, in order (parts differ by at most
/// one row).
class Sampler {
  public:
    /// Throws ConfigError for a batch size of 0, a shard index out of range, or an epoch without a batch (a
    /// set smaller than one batch with drop_last, or an empty set).
    Sampler(std::size_t dataset_size, const SamplerOptions& options);

    std::uint64_t batches_per_epoch() const { return batches_per_epoch_; }
    Epoch epoch(Iteration iteration) const { return iteration / batches_per_epoch_; }
    /// Most rows that a batch of this shard can have.
    std::size_t capacity() const;
    /// Writes the ids of this shard's rows of the batch; may be none for a small last batch.
    void ids(Iteration iteration, std::vector<SampleId>& out) const;

    const SamplerOptions& options() const { return options_; }
    std::size_t dataset_size() const { return dataset_size_; }

  private:
    std::size_t dataset_size_;
    SamplerOptions options_;
    std::uint64_t batches_per_epoch_;
};

}  // namespace mollify
