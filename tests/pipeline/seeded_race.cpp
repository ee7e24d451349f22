// A race on purpose: two bodies of a node that runs unlimited add to one number. With a oneTBB that is not instrumented
// the sanitizer either reports oneTBB's own hand-over as well, or, with that suppressed, not even this.
#include <atomic>
#include <cstdio>
#include <thread>

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>

int main() {
    const tbb::global_control threads(tbb::global_control::max_allowed_parallelism, 4);
    tbb::flow::graph graph;
    long sum = 0;
    std::atomic<int> entered = 0;
    tbb::flow::function_node<int> node(graph, tbb::flow::unlimited, [&](int number) {
        // A busy machine may let one thread do it all: wait for a second one, by what orders no other memory.
        entered.fetch_add(1, std::memory_order_relaxed);
        while (entered.load(std::memory_order_relaxed) < 2) std::this_thread::yield();
        sum += number;
        return tbb::flow::continue_msg{};
    });
    for (int number = 0; number < 10'000; ++number) node.try_put(number);
    graph.wait_for_all();
    std::printf("%ld\n", sum);
}
