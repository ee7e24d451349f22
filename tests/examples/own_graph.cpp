/// \file Stages as node bodies in a flow graph of your own.

#include <iostream>
#include <numeric>
#include <vector>

#include <tbb/flow_graph.h>

#include <mollify/pipeline/node_body.hpp>
#include <mollify/stages/mollifier.hpp>
#include <mollify/stages/normalize.hpp>

int main() {
    using namespace mollify;
    Batch batch({.capacity = 4, .shape = {3, 8, 8}, .bytes = true});
    batch.admit(/*iteration=*/500, /*epoch=*/0, std::vector<SampleId>{0, 1, 2, 3});
    std::iota(batch.bytes().begin(), batch.bytes().end(), std::uint8_t{0});
    batch.set_content(Content::bytes);

    // [own_graph]
    using Node = tbb::flow::function_node<Batch*, Batch*>;
    tbb::flow::graph graph;
    Node normalize(graph, tbb::flow::unlimited, node_body(Normalize::to_symmetric_range()));
    Node mollify(graph, tbb::flow::unlimited,
                 node_body(Mollifier::gaussian(Schedule({.duration = 1'000}), 7)));
    tbb::flow::make_edge(normalize, mollify);
    normalize.try_put(&batch);
    graph.wait_for_all();
    if (batch.error()) std::rethrow_exception(batch.error());
    // [/own_graph]
    std::cout << "first value: " << batch.values()[0] << '\n';
}
