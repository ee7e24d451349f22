#include <algorithm>

#include <mollify/pipeline/thread_budget.hpp>
#include <mollify/trainers/program/threads.hpp>

namespace mollify {

std::size_t total_threads(const ThreadsConfig& config) {
    return config.total ? config.total : available_threads();
}

ThreadSplit split_threads(const ThreadsConfig& config, const SampleShape& shape, bool gpu) {
    ThreadSplit split;
    split.total = total_threads(config);
    if (gpu) {
        split.pipeline = std::max<std::size_t>(split.total, 2) - 1;
    } else if (shape.is_image()) {
        split.math = split.total;
    }
    if (config.math) split.math = config.math;
    if (config.pipeline) split.pipeline = config.pipeline;
    return split;
}

}  // namespace mollify
