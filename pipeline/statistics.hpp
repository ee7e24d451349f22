#pragma once
/// \file What a run did, node by node, and which node limited it.

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace mollify {

struct NodeStatistics {
    std::string name;
    std::size_t concurrency = 1;  ///< batches that the node may work on at once, with the threads there are
    bool pooled = false;          ///< shares the pipeline's threads with the other pooled nodes
    std::uint64_t runs = 0;   ///< batches that it worked on, one again for each time that it met a bad sample
    double busy_seconds = 0;  ///< thread time inside the node, summed over threads
    double utilization = 0;   ///< time of batches inside / (concurrency · wall), 0…1
};

struct Statistics {
    std::vector<NodeStatistics> nodes;  ///< in the order of the graph: read, the steps, the consumer
    std::uint64_t batches = 0;          ///< that the consumer got
    std::uint64_t samples = 0;
    std::uint64_t bad_samples = 0;  ///< different ones, see BadSamples
    double wall_seconds = 0;
    double data_wait_seconds = 0;      ///< the consumer waited for a batch
    double back_pressure_seconds = 0;  ///< finished batches waited for the consumer, summed over batches
    std::size_t threads = 0;
    std::size_t slots = 0;
    std::size_t peak_in_flight = 0;  ///< most slots ever in use at once

    double samples_per_second() const {
        return wall_seconds > 0 ? static_cast<double>(samples) / wall_seconds : 0;
    }
    /// Part of the wall time that the consumer spent waiting, 0…1.
    double data_wait_fraction() const { return wall_seconds > 0 ? data_wait_seconds / wall_seconds : 0; }

    /// The node to look at first: the serial node, or the busiest of the pooled ones, whose workers were busy
    /// for the largest part of the time. Utilizations are compared and not summed waits: waits of concurrent
    /// tasks add up to more than the wall time and would blame the wrong node. Empty before the first batch.
    std::string limiting_node() const;
};

/// A table for people.
std::ostream& operator<<(std::ostream& out, const Statistics& statistics);

}  // namespace mollify
