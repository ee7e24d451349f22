#pragma once
/// \file Which samples become the rows of a batch when some are bad. Private to this folder.

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <mollify/pipeline/bad_samples.hpp>

namespace mollify {

/// The rows of one batch, as far as bad samples are known.
struct RowChoice {
    std::vector<SampleId> ids;
    std::vector<BadSample> bad;          ///< met on the way, by row and draw; may repeat
    std::optional<SampleId> unreplaced;  ///< the first for which all substitutes are bad
};

/// The bad samples that the stages have found so far, and what they mean for a batch. Thread-safe.
///
/// What is known depends on time, what a batch ends as does not: it is chosen anew until all its rows can be used,
/// so that every sample in front of a chosen one is bad, whoever found that out.
class RowChooser {
  public:
    /// \param size of the data set \param seed of the substitutes
    RowChooser(BadSamplePolicy policy, std::uint64_t seed, std::size_t size)
        : policy_(policy), seed_(seed), size_(size) {}

    void found(BadSample bad);
    void choose(Iteration iteration, std::span<const SampleId> wanted, RowChoice& out) const;

  private:
    BadSamplePolicy policy_;
    std::uint64_t seed_;
    std::size_t size_;
    mutable std::mutex mutex_;
    std::unordered_map<SampleId, BadSample> known_;
};

/// The bad samples of a run in the order of iterations, each once. Of the consumer's thread.
class BadSampleList {
  public:
    explicit BadSampleList(std::vector<BadSample> known = {});

    /// \returns whether it is new
    bool add(const BadSample& bad);
    const std::vector<BadSample>& all() const { return all_; }

  private:
    std::vector<BadSample> all_;
    std::unordered_set<SampleId> ids_;
};

}  // namespace mollify
