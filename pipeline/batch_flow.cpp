#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <tbb/flow_graph.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <mollify/pipeline/batch_flow.hpp>
#include <mollify/pipeline/failure.hpp>
#include <mollify/pipeline/parallel_rows.hpp>
#include <mollify/pipeline/row_choice.hpp>
#include <mollify/pipeline/slot_ring.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

using Clock = std::chrono::steady_clock;
using Nanoseconds = std::chrono::nanoseconds;

double seconds(std::int64_t nanoseconds) { return 1e-9 * static_cast<double>(nanoseconds); }
std::int64_t since(Clock::time_point start) {
    return std::chrono::duration_cast<Nanoseconds>(Clock::now() - start).count();
}

/// What one node did.
struct Counter {
    std::string name;
    std::size_t concurrency;
    bool pooled;
    std::atomic<std::uint64_t> runs = 0;
    // Nanoseconds that batches were inside, each with the thread that runs it; and that others helped with its rows.
    std::atomic<std::int64_t> occupied = 0;
    std::atomic<std::int64_t> helped = 0;

    Counter(std::string node, std::size_t limit, bool in_pool)
        : name(std::move(node)), concurrency(limit), pooled(in_pool) {}
};

/// Batches on their way from the graph to the consumer's thread. Never holds more than the ring.
class HandOff {
  public:
    struct Ready {
        Slot* slot;
        Clock::time_point since;
    };

    void push(Slot* slot) {
        {
            const std::lock_guard lock(mutex_);
            ready_.push_back({slot, Clock::now()});
        }
        changed_.notify_one();
    }

    void close() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        changed_.notify_one();
    }

    /// Nothing once the graph has ended and all is taken.
    std::optional<Ready> pop() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return closed_ || !ready_.empty(); });
        if (ready_.empty()) return {};
        const Ready first = ready_.front();
        ready_.pop_front();
        return first;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Ready> ready_;
    bool closed_ = false;
};

}  // namespace

/// The graph and the thread that waits in it:
///
///     slots -> admit -> read -> step ... step -> order -> consume -> slots
///                        ^---------+- where a sample is bad: with other rows
///
/// Slots circulate as the only messages, so nothing is ever queued beyond the ring. Liveness: admit is serial
/// and numbers batches in the order in which it takes slots, so the smallest number that has not been
/// consumed always holds a slot; every node passes its batch on, failed or not, or sends it back with one more
/// sample known to be bad, of which there are no more than samples; so that batch reaches `order`, which waits for
/// nothing else. After stop() admit keeps the slots that come back, and the graph runs dry.
class BatchFlow::Graph {
  public:
    Graph(const Recipe& recipe, Iteration begin, Iteration end, std::shared_ptr<std::atomic<bool>> stopped,
          std::vector<BadSample> known_bad)
        : recipe_(recipe),
          sampler_(recipe.dataset->size(), recipe.sampler_options()),
          ring_(recipe.options.in_flight, recipe.layout, recipe.options.memory),
          begin_(begin),
          end_(end),
          next_(begin),
          chooser_(recipe.options.bad_samples.policy, recipe.options.seed, recipe.dataset->size()),
          stopped_(std::move(stopped)),
          bad_(std::move(known_bad)) {
        const std::size_t threads = recipe_.options.threads;
        counters_.emplace_back("read", threads, true);
        for (const auto& step : recipe_.steps) {
            const std::size_t limit = step.concurrency.limit;
            counters_.emplace_back(step.name, limit ? std::min(limit, threads) : threads, true);
        }
        counters_.emplace_back("consume", 1, false);
        // More threads than processors come only on request, and oneTBB grants them only so.
        constexpr auto kParallelism = tbb::global_control::max_allowed_parallelism;
        if (threads > tbb::global_control::active_value(kParallelism))
            more_threads_.emplace(kParallelism, threads);
        started_ = Clock::now();
        // A thread of our own waits in the graph: with a single processor oneTBB has no workers, and a batch
        // is made only by a thread that waits for it.
        driver_ = std::thread([this] { drive(); });
    }

    ~Graph() {
        stop();
        if (held_) consumed();  // a loop that was left in the middle
        while (auto ready = hand_off_.pop()) release(ready->slot);
        driver_.join();
    }

    Batch* next() {
        const auto start = Clock::now();
        while (auto ready = hand_off_.pop()) {
            Slot* slot = ready->slot;
            if (!*stopped_) {
                error_ = examine(*slot);
                if (error_) stop();
            }
            if (*stopped_) {
                release(slot);
                continue;
            }
            const auto now = Clock::now();
            data_wait_ += std::chrono::duration_cast<Nanoseconds>(now - start).count();
            back_pressure_ += std::chrono::duration_cast<Nanoseconds>(now - ready->since).count();
            batches_ += 1;
            samples_ += slot->batch.size();
            held_ = slot;
            held_since_ = now;
            return &slot->batch;
        }
        if (!ended_) ended_ = Clock::now();
        if (broken_) std::rethrow_exception(std::exchange(broken_, nullptr));
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
        return nullptr;
    }

    void consumed() noexcept {
        counters_.back().runs += 1;
        counters_.back().occupied += since(held_since_);
        release(std::exchange(held_, nullptr));
    }

    void stop() noexcept { *stopped_ = true; }

    const std::vector<BadSample>& bad_samples() const { return bad_.all(); }

    Statistics statistics() const {
        Statistics out;
        out.wall_seconds = std::chrono::duration<double>(ended_.value_or(Clock::now()) - started_).count();
        for (const auto& counter : counters_) {
            const double occupied = seconds(counter.occupied);
            out.nodes.push_back(
                {.name = counter.name,
                 .concurrency = counter.concurrency,
                 .pooled = counter.pooled,
                 .runs = counter.runs,
                 .busy_seconds = occupied + seconds(counter.helped),
                 .utilization = occupied / (static_cast<double>(counter.concurrency) * out.wall_seconds)});
        }
        out.batches = batches_;
        out.samples = samples_;
        out.bad_samples = bad_.all().size();
        out.data_wait_seconds = seconds(data_wait_);
        out.back_pressure_seconds = seconds(back_pressure_);
        out.threads = recipe_.options.threads;
        out.slots = ring_.size();
        out.peak_in_flight = ring_.peak_in_flight();
        return out;
    }

  private:
    using Slots = tbb::flow::queue_node<Slot*>;
    using Admit = tbb::flow::multifunction_node<Slot*, std::tuple<Slot*>>;
    // On, or back to be read again.
    using Work = tbb::flow::multifunction_node<Slot*, std::tuple<Slot*, Slot*>>;
    using Order = tbb::flow::sequencer_node<Slot*>;
    using Consume = tbb::flow::async_node<Slot*, Slot*>;

    void drive() {
        tbb::task_arena arena(static_cast<int>(recipe_.options.threads), 1);
        arena.execute([this] {
            // Built here, since a graph belongs to the arena of the thread that constructs it.
            tbb::flow::graph graph;
            try {
                run(graph);
            } catch (...) {  // no node body throws: this is oneTBB itself, out of memory
                broken_ = std::current_exception();
            }
        });
        hand_off_.close();
    }

    void run(tbb::flow::graph& graph) {
        Slots slots(graph);
        Admit admit(graph, tbb::flow::serial, [this](Slot* slot, Admit::output_ports_type& ports) {
            if (*stopped_ || next_ == end_) return;  // the slot leaves circulation
            ring_.taken();
            slot->iteration = next_++;
            std::get<0>(ports).try_put(slot);
        });
        std::deque<Work> works;
        const auto add = [&](std::size_t limit, Counter& counter, auto work) {
            // A limit of 0 means unlimited, here as in oneTBB.
            static_assert(tbb::flow::unlimited == 0);
            works.emplace_back(graph, limit,
                               [this, &counter, work](Slot* slot, Work::output_ports_type& ports) {
                                   if (done(*slot, counter, work)) {
                                       std::get<0>(ports).try_put(slot);
                                   } else {
                                       std::get<1>(ports).try_put(slot);
                                   }
                               });
        };
        add(tbb::flow::unlimited, counters_.front(),
            [this](Slot& slot, const RowLoop& rows) { read(slot, rows); });
        for (std::size_t i = 0; i < recipe_.steps.size(); ++i) {
            const auto& step = recipe_.steps[i];
            add(step.concurrency.limit, counters_[i + 1],
                [&step](Slot& slot, const RowLoop& rows) { step.work(slot.batch, rows); });
        }
        Order order(graph, [this](Slot* slot) { return static_cast<std::size_t>(slot->iteration - begin_); });
        Consume consume(graph, tbb::flow::serial, [this](Slot* slot, Consume::gateway_type& gateway) {
            gateway
                .reserve_wait();  // until release(): keeps the graph alive while the consumer has the batch
            gateway_ = &gateway;
            hand_off_.push(slot);
        });
        tbb::flow::make_edge(slots, admit);
        tbb::flow::make_edge(tbb::flow::output_port<0>(admit), works.front());
        for (std::size_t i = 0; i < works.size(); ++i) {
            if (i > 0) tbb::flow::make_edge(tbb::flow::output_port<0>(works[i - 1]), works[i]);
            tbb::flow::make_edge(tbb::flow::output_port<1>(works[i]), works.front());
        }
        tbb::flow::make_edge(tbb::flow::output_port<0>(works.back()), order);
        tbb::flow::make_edge(order, consume);
        tbb::flow::make_edge(consume, slots);
        for (std::size_t i = 0; i < ring_.size(); ++i) slots.try_put(ring_.slot(i));
        graph.wait_for_all();
    }

    void read(Slot& slot, const RowLoop& rows) {
        thread_local std::vector<SampleId> ids;  // scratch
        sampler_.ids(slot.iteration, ids);
        chooser_.choose(slot.iteration, ids, slot.choice);
        slot.batch.admit(slot.iteration, sampler_.epoch(slot.iteration), slot.choice.ids);
        recipe_.dataset->read(slot.batch, rows);
    }

    /// Runs `work` unless the batch has failed or nobody wants it any more; turns what it throws into a
    /// message. \returns false where the batch has to be made again, of other samples
    template <class Work>
    bool done(Slot& slot, Counter& counter, const Work& work) noexcept {
        if (*stopped_ || slot.batch.error()) return true;
        const auto start = Clock::now();
        ParallelRows rows(counter.helped);
        bool made = true;
        try {
            work(slot, std::ref(rows));
        } catch (...) {
            made = !passed_over(slot, counter.name, rows, std::current_exception());
        }
        counter.runs += 1;
        counter.occupied += since(start);
        return made;
    }

    /// Whether `error` is the fault of single samples and the policy wants them out of the batch. Otherwise the
    /// batch has failed.
    bool passed_over(Slot& slot, const std::string& stage, const ParallelRows& rows,
                     const std::exception_ptr& error) noexcept {
        try {
            auto failure = diagnose(*recipe_.dataset, stage, slot.iteration, slot.batch, rows, error);
            if (recipe_.options.bad_samples.policy != BadSamplePolicy::fail && !failure.bad.empty()) {
                for (auto& bad : failure.bad) chooser_.found(std::move(bad));
                return true;
            }
            slot.batch.fail(explained(*recipe_.dataset, failure));
            std::ranges::move(failure.bad, std::back_inserter(slot.choice.bad));
        } catch (...) {
            slot.batch.fail(std::current_exception());
        }
        return false;
    }

    /// Counts the bad samples of the next batch in order. \returns the error that the run ends with, if it does
    std::exception_ptr examine(const Slot& slot) noexcept {
        try {
            const auto& options = recipe_.options.bad_samples;
            bool more = false;
            for (const auto& bad : slot.choice.bad) {
                if (!bad_.add(bad)) continue;
                more = true;
                if (options.report) options.report(bad);
            }
            if (options.policy == BadSamplePolicy::fail) return slot.batch.error();
            const auto count = bad_.all().size();
            if (more && (count > options.budget || count == recipe_.dataset->size()))
                return too_many(bad_.all(), options.budget);
            if (slot.choice.unreplaced) {
                const auto sample = *slot.choice.unreplaced;
                throw StageError("read", slot.iteration, sample, recipe_.dataset->origin(sample),
                                 "it cannot be used, nor can the " + std::to_string(kSubstituteDraws) +
                                     " samples that were drawn in its place: mend the data, or leave bad "
                                     "samples out with --set pipeline.bad_samples=skip");
            }
            return slot.batch.error();
        } catch (...) {
            return std::current_exception();
        }
    }

    void release(Slot* slot) noexcept {
        ring_.returned();
        auto& gateway = *gateway_.load();
        gateway.try_put(slot);
        gateway.release_wait();
    }

    Recipe recipe_;
    Sampler sampler_;
    SlotRing ring_;
    std::deque<Counter> counters_;  // read, steps, consume
    Iteration begin_;
    Iteration end_;
    Iteration next_;  // touched by admit alone
    RowChooser chooser_;
    const std::shared_ptr<std::atomic<bool>> stopped_;
    std::optional<tbb::global_control> more_threads_;
    std::atomic<Consume::gateway_type*> gateway_ = nullptr;
    HandOff hand_off_;
    std::thread driver_;
    std::exception_ptr broken_;  // by the driver, before it closes the hand-off

    // Of the consumer's thread:
    BadSampleList bad_;
    std::exception_ptr error_;
    Clock::time_point started_;
    std::optional<Clock::time_point> ended_;
    Slot* held_ = nullptr;  // by the consumer
    Clock::time_point held_since_;
    std::int64_t data_wait_ = 0;
    std::int64_t back_pressure_ = 0;
    std::uint64_t batches_ = 0;
    std::uint64_t samples_ = 0;
};

BatchFlow::BatchFlow(const Recipe& recipe, Iteration begin, Iteration end,
                     std::shared_ptr<std::atomic<bool>> stopped, std::vector<BadSample> known_bad)
    : graph_(std::make_unique<Graph>(recipe, begin, end, std::move(stopped), std::move(known_bad))) {}
BatchFlow::~BatchFlow() = default;

Batch* BatchFlow::next() { return graph_->next(); }
void BatchFlow::release() noexcept { graph_->consumed(); }
void BatchFlow::stop() noexcept { graph_->stop(); }
Statistics BatchFlow::statistics() const { return graph_->statistics(); }
const std::vector<BadSample>& BatchFlow::bad_samples() const { return graph_->bad_samples(); }

}  // namespace mollify
