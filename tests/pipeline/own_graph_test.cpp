#include <memory>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>
#include <tbb/flow_graph.h>

#include <mollify/datasets/sampler.hpp>
#include <mollify/pipeline/node_body.hpp>
#include <mollify/tests/support/counting_dataset.hpp>

using namespace mollify;

namespace {

/// Runs `iterations` batches through read | stage in a graph that a user would write, with a ring of three slots
/// whose tokens are the messages. \returns for each iteration, in order, the error message or ""
template <class S>
std::vector<std::string> run_own_graph(Iteration iterations, S stage) {
    const test::CountingDataset data(20, 2);
    const Sampler sampler(20, {.batch_size = 4, .seed = 1});
    std::vector<std::unique_ptr<Batch>> ring;
    for (int i = 0; i < 3; ++i)
        ring.push_back(std::make_unique<Batch>(BatchLayout{4, SampleShape::features(2)}));
    std::vector<std::string> seen;
    Iteration next = 0;

    tbb::flow::graph graph;
    tbb::flow::queue_node<Batch*> slots(graph);
    using Admit = tbb::flow::multifunction_node<Batch*, std::tuple<Batch*>>;
    Admit admit(graph, tbb::flow::serial, [&](Batch* slot, Admit::output_ports_type& ports) {
        if (next == iterations) return;
        std::vector<SampleId> ids;
        sampler.ids(next, ids);
        slot->admit(next, sampler.epoch(next), ids);
        ++next;
        std::get<0>(ports).try_put(slot);
    });
    using Node = tbb::flow::function_node<Batch*, Batch*>;
    Node read(graph, tbb::flow::unlimited,
              node_body([&data](Batch& batch) { data.read(batch, serial_rows); }));
    Node work(graph, tbb::flow::unlimited, node_body(stage));
    tbb::flow::sequencer_node<Batch*> order(graph, [](Batch* batch) { return batch->iteration(); });
    Node consume(graph, tbb::flow::serial, [&](Batch* batch) {
        CHECK(batch->iteration() == seen.size());
        std::string message;
        try {
            if (batch->error()) std::rethrow_exception(batch->error());
            CHECK(batch->values(0)[1] == -static_cast<float>(1000 * batch->ids()[0] + 1));
        } catch (const std::exception& error) {
            message = error.what();
        }
        seen.push_back(message);
        return batch;
    });
    tbb::flow::make_edge(slots, admit);
    tbb::flow::make_edge(tbb::flow::output_port<0>(admit), read);
    tbb::flow::make_edge(read, work);
    tbb::flow::make_edge(work, order);
    tbb::flow::make_edge(order, consume);
    tbb::flow::make_edge(consume, slots);
    for (const auto& slot : ring) slots.try_put(slot.get());
    graph.wait_for_all();
    return seen;
}

}  // namespace

TEST_CASE("a stage drops into a function_node of a user's own graph") {
    const auto seen = run_own_graph(50, [](Batch& batch) {
        for (float& value : batch.values()) value = -value;
    });
    CHECK(seen == std::vector<std::string>(50));
}

TEST_CASE("in a user's own graph a failed batch still arrives, with its error") {
    const auto seen = run_own_graph(10, [](Batch& batch) {
        if (batch.iteration() == 4) throw std::runtime_error("lost");
        for (float& value : batch.values()) value = -value;
    });
    std::vector<std::string> expected(10);
    expected[4] = "lost";
    CHECK(seen == expected);
}
