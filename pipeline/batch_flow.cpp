#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <tbb/blocked_range.h>
#include <tbb/flow_graph.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <mollify/pipeline/batch_flow.hpp>
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

/// The row loop of a graph: rows are spread over the arena's threads, and the smallest failing row of the last
/// loop is remembered.
class ParallelRows {
  public:
    explicit ParallelRows(Counter& counter) : counter_(counter), owner_(std::this_thread::get_id()) {}

    void operator()(std::size_t rows, const std::function<void(std::size_t)>& body) {
        failed_row_.reset();
        error_ = nullptr;
        // Isolated, so that a thread waiting for its rows does not start on another batch meanwhile.
        tbb::this_task_arena::isolate([&] {
            tbb::parallel_for(tbb::blocked_range<std::size_t>(0, rows, kGrain), [&](const auto& range) {
                const auto start = Clock::now();
                for (std::size_t row = range.begin(); row < range.end(); ++row) run(row, body);
                if (std::this_thread::get_id() != owner_) counter_.helped += since(start);
            });
        });
        if (error_) std::rethrow_exception(error_);
    }

    /// The row that `error` comes from; nothing where a stage caught the row's error and threw another.
    std::optional<std::size_t> row_of(const std::exception_ptr& error) const {
        return error == error_ ? failed_row_ : std::nullopt;
    }

  private:
    static constexpr std::size_t kGrain = 8;  // a small JPEG takes microseconds, as a task does

    void run(std::size_t row, const std::function<void(std::size_t)>& body) {
        try {
            body(row);
        } catch (...) {
            const std::lock_guard lock(mutex_);
            if (!failed_row_ || row < *failed_row_) {
                failed_row_ = row;
                error_ = std::current_exception();
            }
        }
    }

    Counter& counter_;
    std::thread::id owner_;
    std::mutex mutex_;
    std::optional<std::size_t> failed_row_;
    std::exception_ptr error_;
};

/// Batches on their way from the graph to the consumer's thread. Never holds more than the ring.
class HandOff {
  public:
    struct Ready {
        Batch* batch;
        Clock::time_point since;
    };

    void push(Batch* batch) {
        {
            const std::lock_guard lock(mutex_);
            ready_.push_back({batch, Clock::now()});
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
///
/// Slots circulate as the only messages, so nothing is ever queued beyond the ring. Liveness: admit is serial
/// and numbers batches in the order in which it takes slots, so the smallest number that has not been
/// consumed always holds a slot; every node passes its batch on, failed or not; so that batch reaches
/// `order`, which waits for nothing else. After stop() admit keeps the slots that come back, and the graph
/// runs dry.
class BatchFlow::Graph {
  public:
    Graph(const Recipe& recipe, Iteration begin, Iteration end, std::shared_ptr<std::atomic<bool>> stopped)
        : recipe_(recipe),
          sampler_(recipe.dataset->size(), recipe.sampler_options()),
          ring_(recipe.options.in_flight, recipe.layout, recipe.options.memory),
          begin_(begin),
          end_(end),
          next_(begin),
          stopped_(std::move(stopped)) {
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
        while (auto ready = hand_off_.pop()) release(ready->batch);
        driver_.join();
    }

    Batch* next() {
        const auto start = Clock::now();
        while (auto ready = hand_off_.pop()) {
            Batch* batch = ready->batch;
            if (!*stopped_ && batch->error()) {
                error_ = batch->error();
                stop();
            }
            if (*stopped_) {
                release(batch);
                continue;
            }
            const auto now = Clock::now();
            data_wait_ += std::chrono::duration_cast<Nanoseconds>(now - start).count();
            back_pressure_ += std::chrono::duration_cast<Nanoseconds>(now - ready->since).count();
            batches_ += 1;
            samples_ += batch->size();
            held_ = batch;
            held_since_ = now;
            return batch;
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
        out.data_wait_seconds = seconds(data_wait_);
        out.back_pressure_seconds = seconds(back_pressure_);
        out.threads = recipe_.options.threads;
        out.slots = ring_.size();
        out.peak_in_flight = ring_.peak_in_flight();
        return out;
    }

  private:
    using Slots = tbb::flow::queue_node<Batch*>;
    using Admit = tbb::flow::multifunction_node<Batch*, std::tuple<Batch*>>;
    using Work = tbb::flow::function_node<Batch*, Batch*>;
    using Order = tbb::flow::sequencer_node<Batch*>;
    using Consume = tbb::flow::async_node<Batch*, Batch*>;

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
        Admit admit(graph, tbb::flow::serial, [this](Batch* slot, Admit::output_ports_type& ports) {
            if (*stopped_ || next_ == end_) return;  // the slot leaves circulation
            ring_.taken();
            const Iteration iteration = next_++;
            slot->admit(iteration, sampler_.epoch(iteration), {});
            std::get<0>(ports).try_put(slot);
        });
        std::deque<Work> works;
        works.emplace_back(graph, tbb::flow::unlimited, [this](Batch* batch) {
            return guarded(batch, counters_.front(),
                           [this](Batch& b, const RowLoop& rows) { read(b, rows); });
        });
        for (std::size_t i = 0; i < recipe_.steps.size(); ++i) {
            const auto& step = recipe_.steps[i];
            // A limit of 0 means unlimited, here as in oneTBB.
            static_assert(tbb::flow::unlimited == 0);
            works.emplace_back(graph, step.concurrency.limit,
                               [this, &step, &counter = counters_[i + 1]](Batch* batch) {
                                   return guarded(batch, counter, step.work);
                               });
        }
        Order order(graph,
                    [this](Batch* batch) { return static_cast<std::size_t>(batch->iteration() - begin_); });
        Consume consume(graph, tbb::flow::serial, [this](Batch* batch, Consume::gateway_type& gateway) {
            gateway
                .reserve_wait();  // until release(): keeps the graph alive while the consumer has the batch
            gateway_ = &gateway;
            hand_off_.push(batch);
        });
        tbb::flow::make_edge(slots, admit);
        tbb::flow::make_edge(tbb::flow::output_port<0>(admit), works.front());
        for (std::size_t i = 1; i < works.size(); ++i) tbb::flow::make_edge(works[i - 1], works[i]);
        tbb::flow::make_edge(works.back(), order);
        tbb::flow::make_edge(order, consume);
        tbb::flow::make_edge(consume, slots);
        for (std::size_t i = 0; i < ring_.size(); ++i) slots.try_put(ring_.slot(i));
        graph.wait_for_all();
    }

    void read(Batch& batch, const RowLoop& rows) {
        thread_local std::vector<SampleId> ids;  // scratch
        sampler_.ids(batch.iteration(), ids);
        batch.admit(batch.iteration(), batch.epoch(), ids);
        recipe_.dataset->read(batch, rows);
    }

    /// Runs `work` unless the batch has failed or nobody wants it any more; turns what it throws into a
    /// message.
    Batch* guarded(Batch* batch, Counter& counter,
                   const std::function<void(Batch&, const RowLoop&)>& work) noexcept {
        if (*stopped_ || batch->error()) return batch;
        const auto start = Clock::now();
        ParallelRows rows(counter);
        try {
            work(*batch, std::ref(rows));
        } catch (...) {
            batch->fail(explained(*batch, counter.name, rows.row_of(std::current_exception())));
        }
        counter.runs += 1;
        counter.occupied += since(start);
        return batch;
    }

    /// The current exception, nested in a StageError that tells where and on what it happened.
    std::exception_ptr explained(const Batch& batch, const std::string& stage,
                                 std::optional<std::size_t> row) const noexcept {
        try {
            std::optional<SampleId> sample;
            if (row && *row < batch.size()) sample = batch.ids()[*row];
            std::string cause = "unknown exception";
            try {
                throw;
            } catch (const SampleError& error) {
                sample = error.sample();
                cause = error.what();
            } catch (const std::exception& error) {
                cause = error.what();
            } catch (...) {
            }
            const std::string origin = sample ? recipe_.dataset->origin(*sample) : "";
            std::throw_with_nested(StageError(stage, batch.iteration(), sample, origin, cause));
        } catch (...) {
            return std::current_exception();
        }
    }

    void release(Batch* batch) noexcept {
        ring_.returned();
        auto& gateway = *gateway_.load();
        gateway.try_put(batch);
        gateway.release_wait();
    }

    Recipe recipe_;
    Sampler sampler_;
    SlotRing ring_;
    std::deque<Counter> counters_;  // read, steps, consume
    Iteration begin_;
    Iteration end_;
    Iteration next_;  // touched by admit alone
    const std::shared_ptr<std::atomic<bool>> stopped_;
    std::optional<tbb::global_control> more_threads_;
    std::atomic<Consume::gateway_type*> gateway_ = nullptr;
    HandOff hand_off_;
    std::thread driver_;
    std::exception_ptr broken_;  // by the driver, before it closes the hand-off

    // Of the consumer's thread:
    std::exception_ptr error_;
    Clock::time_point started_;
    std::optional<Clock::time_point> ended_;
    Batch* held_ = nullptr;  // by the consumer
    Clock::time_point held_since_;
    std::int64_t data_wait_ = 0;
    std::int64_t back_pressure_ = 0;
    std::uint64_t batches_ = 0;
    std::uint64_t samples_ = 0;
};

BatchFlow::BatchFlow(const Recipe& recipe, Iteration begin, Iteration end,
                     std::shared_ptr<std::atomic<bool>> stopped)
    : graph_(std::make_unique<Graph>(recipe, begin, end, std::move(stopped))) {}
BatchFlow::~BatchFlow() = default;

Batch* BatchFlow::next() { return graph_->next(); }
void BatchFlow::release() noexcept { graph_->consumed(); }
void BatchFlow::stop() noexcept { graph_->stop(); }
Statistics BatchFlow::statistics() const { return graph_->statistics(); }

}  // namespace mollify
