// A race on purpose: two bodies of a node that runs unlimited add to one number. With a oneTBB that is not instrumented
// the sanitizer either reports oneTBB's own hand-over as well, or, with that suppressed, not even this.
#include <cstdio>

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>

int main() {
    const tbb::global_control threads(tbb::global_control::max_allowed_parallelism, 4);
    tbb::flow::graph graph;
    long sum = 0;
    tbb::flow::function_node<int> node(graph, tbb::flow::unlimited, [&sum](int number) {
        sum += number;
        return tbb::flow::continue_msg{};
    });
    for (int number = 0; number < 10'000; ++number) node.try_put(number);
    graph.wait_for_all();
    std::printf("%ld\n", sum);
}
