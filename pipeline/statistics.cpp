#include <algorithm>
#include <iomanip>
#include <ostream>
#include <sstream>

#include <mollify/pipeline/statistics.hpp>

namespace mollify {

std::string Statistics::limiting_node() const {
    const NodeStatistics* busiest_pooled = nullptr;
    double pool = 0;  // the pool's threads are shared: the busy times of its nodes add up
    const NodeStatistics* limiting = nullptr;
    double highest = 0;
    for (const auto& node : nodes) {
        if (node.pooled) {
            pool += node.busy_seconds / (static_cast<double>(threads) * wall_seconds);
            if (!busiest_pooled || node.busy_seconds > busiest_pooled->busy_seconds) busiest_pooled = &node;
        }
        if ((!node.pooled || node.concurrency == 1) && node.utilization > highest) {
            highest = node.utilization;
            limiting = &node;
        }
    }
    if (busiest_pooled && pool > highest) limiting = busiest_pooled;
    return limiting ? limiting->name : "";
}

std::ostream& operator<<(std::ostream& out, const Statistics& statistics) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(3);
    std::size_t width = 4;
    for (const auto& node : statistics.nodes) width = std::max(width, node.name.size());
    const auto name_width = static_cast<int>(width);
    text << std::left << std::setw(name_width) << "node" << std::right << std::setw(13) << "concurrency"
         << std::setw(10) << "batches" << std::setw(12) << "busy s" << std::setw(13) << "utilization" << '\n';
    for (const auto& node : statistics.nodes) {
        text << std::left << std::setw(name_width) << node.name << std::right << std::setw(13)
             << node.concurrency << std::setw(10) << node.runs << std::setw(12) << node.busy_seconds
             << std::setw(12) << std::setprecision(1) << 100 * node.utilization << "%\n"
             << std::setprecision(3);
    }
    text << statistics.batches << " batches, " << statistics.samples << " samples in "
         << statistics.wall_seconds << " s (" << std::setprecision(0) << statistics.samples_per_second()
         << "/s); the consumer waited " << std::setprecision(1) << 100 * statistics.data_wait_fraction()
         << "% of the time; " << statistics.peak_in_flight << " of " << statistics.slots
         << " slots used at once, " << statistics.threads
         << (statistics.threads == 1 ? " thread" : " threads");
    if (statistics.bad_samples) text << "; " << statistics.bad_samples << " bad samples";
    if (const auto limiting = statistics.limiting_node(); !limiting.empty())
        text << "; limited by " << limiting;
    return out << text.str() << '\n';
}

}  // namespace mollify
