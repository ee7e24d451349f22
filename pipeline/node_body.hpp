#pragma once
/// \file A stage as the body of a node in a flow graph of your own.

#include <exception>
#include <utility>

#include <mollify/stages/stage.hpp>

namespace mollify {

/// `tbb::flow::function_node<Batch*, Batch*> node(graph, tbb::flow::unlimited, node_body(Normalize::…))`.
/// Takes a batch and passes the same batch on. Never throws: a failure is kept in the batch, and a batch that
/// has failed passes untouched, so that its number always arrives; look at Batch::error() where you consume.
template <Stage S>
auto node_body(S stage) {
    return [stage = std::move(stage)](Batch* batch) noexcept {
        // oneTBB asks with a null pointer whether this is noexcept, and does not call it so.
        if (batch->error()) return batch;  // NOLINT(clang-analyzer-core.CallAndMessage)
        try {
            stage(*batch);
        } catch (...) {
            batch->fail(std::current_exception());
        }
        return batch;
    };
}

}  // namespace mollify
