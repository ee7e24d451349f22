#pragma once
/// \file One run of a recipe: the oneTBB flow graph at work.

#include <atomic>
#include <memory>
#include <vector>

#include <mollify/pipeline/recipe.hpp>
#include <mollify/pipeline/statistics.hpp>
#include <mollify/stages/batch.hpp>

namespace mollify {

/// Makes the batches of iterations [begin, end) in the background and hands them out in order.
///
/// next() and release() belong to one thread, the consumer's; stop() may be called from any thread and from a
/// signal handler. At most one ring of batches exists at any time. Destruction stops, drains and joins.
class BatchFlow {
  public:
    /// Allocates the ring and starts. `recipe` must be validated. The run ends as by stop() when somebody sets
    /// `stopped`; it is set at the latest when the flow is destroyed. Samples of `known_bad` count for the budget
    /// and are not reported again.
    BatchFlow(const Recipe& recipe, Iteration begin, Iteration end,
              std::shared_ptr<std::atomic<bool>> stopped = std::make_shared<std::atomic<bool>>(false),
              std::vector<BadSample> known_bad = {});
    ~BatchFlow();
    BatchFlow(const BatchFlow&) = delete;
    BatchFlow& operator=(const BatchFlow&) = delete;

    /// Waits for the batch of the next iteration; nullptr after the last one or after stop().
    /// Throws StageError, once, for the first iteration in order that failed or met more bad samples than the
    /// budget allows; nothing comes after it. What BadSamples::report throws arrives as it is.
    Batch* next();

    /// Gives the batch that next() returned back to the ring, before next() is called again. The time between
    /// the two is the consumer's busy time.
    void release() noexcept;

    /// Ends the run: batches that are being made are finished and dropped.
    void stop() noexcept;

    /// So far; exact once next() has returned nullptr.
    Statistics statistics() const;

    /// Met so far, in the order of iterations and rows, those known before included. For the consumer's thread.
    const std::vector<BadSample>& bad_samples() const;

  private:
    class Graph;
    std::unique_ptr<Graph> graph_;
};

}  // namespace mollify
