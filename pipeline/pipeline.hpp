#pragma once
/// \file A pipeline with its consumer, ready to run; and the same batches as a range for those with their own
/// loop.

#include <atomic>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <mollify/pipeline/batch_flow.hpp>
#include <mollify/pipeline/recipe.hpp>
#include <mollify/pipeline/statistics.hpp>

namespace mollify {

/// Gets every batch once, in the order of iterations, on the thread that runs the pipeline. The batch and all
/// that points into it are valid until the consumer returns.
using Consumer = std::function<void(Batch&)>;

/// Made by `from(…) | … | into(consumer)`. Stays where it is made: signal handlers and consumers may know its
/// address. One run at a time.
class Pipeline {
  public:
    Pipeline(Recipe recipe, std::string consumer_name, Consumer consumer);
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    /// Makes the batches of iterations [begin, end) and gives them to the consumer on the calling thread;
    /// returns after the last, or after stop(). Throws ConfigError before anything starts, StageError for the
    /// first failing iteration in order, and what the consumer throws as it is; the graph has ended when they
    /// arrive.
    void run(Iteration begin, Iteration end);
    void run(Iteration end) { run(0, end); }

    /// Goes on where a run with this position stood. Throws ConfigError unless position.signature is this
    /// pipeline's.
    void resume(const Position& position, Iteration end);

    /// Ends the run after the batch that the consumer is at, or the next run before its first batch. For any
    /// thread, the consumer, and signal handlers.
    void stop() noexcept { stopping_->store(true); }

    /// The next iteration to run, and the signature of the data and the order. For the consumer's thread:
    /// within the consumer it is the iteration after the one in hand, after an error the one that failed.
    Position position() const;

    /// The samples that could not be used, each once, in the order of iterations and rows; under
    /// BadSamplePolicy::fail those of the batch that failed. A run that begins at iteration t adds to those first
    /// met below t and forgets the others. For the consumer's thread.
    const std::vector<BadSample>& bad_samples() const { return flow_ ? flow_->bad_samples() : bad_samples_; }
    /// Before resume() in another process: what bad_samples() was. They count for the budget, and are not reported
    /// again; the batches are the same without it.
    void remember(std::vector<BadSample> met) { bad_samples_ = std::move(met); }

    /// Of the last run, or of the one that is going on, for the consumer's thread.
    Statistics statistics() const;
    std::string to_dot() const { return recipe_.to_dot(consumer_name_); }
    const Recipe& recipe() const { return recipe_; }

  private:
    const std::string& own_signature() const;

    Recipe recipe_;
    std::string consumer_name_;
    Consumer consumer_;
    mutable std::string signature_;  // once asked for: it may take a look at all data
    // Shared with the flow.
    std::shared_ptr<std::atomic<bool>> stopping_ = std::make_shared<std::atomic<bool>>(false);
    std::unique_ptr<BatchFlow> flow_;  // while running
    Iteration next_ = 0;
    Statistics statistics_;
    std::vector<BadSample> bad_samples_;
};

/// The batches of iterations [begin, end) as a single-pass range: `for (Batch& batch : chain.batches(0,
/// 1000))`. Starts at begin(); leaving the loop early is fine: the destructor stops and drains.
class BatchRange {
  public:
    BatchRange(const Recipe& recipe, Iteration begin, Iteration end);

    class Iterator {
      public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Batch;
        using difference_type = std::ptrdiff_t;
        using pointer = Batch*;
        using reference = Batch&;

        Batch& operator*() const { return *batch_; }
        Batch* operator->() const { return batch_; }
        /// Gives the batch back to the ring and waits for the next.
        Iterator& operator++();
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return batch_ == nullptr; }

      private:
        friend class BatchRange;
        explicit Iterator(BatchFlow* flow) : flow_(flow), batch_(flow->next()) {}
        BatchFlow* flow_;
        Batch* batch_;
    };

    Iterator begin();
    std::default_sentinel_t end() const { return {}; }
    /// Of this range so far; empty before begin().
    Statistics statistics() const { return flow_ ? flow_->statistics() : Statistics{}; }

  private:
    Recipe recipe_;
    Iteration begin_;
    Iteration end_;
    std::unique_ptr<BatchFlow> flow_;
};

}  // namespace mollify
