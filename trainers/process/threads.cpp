#include <algorithm>
#include <thread>

#include <ATen/Parallel.h>
#include <dlfcn.h>

#include <mollify/pipeline/thread_budget.hpp>
#include <mollify/trainers/process/threads.hpp>

namespace mollify {

std::vector<std::string> problems(const ThreadOptions& options) {
    const std::uint64_t processors = std::max(1U, std::thread::hardware_concurrency());
    const auto most = std::max<std::uint64_t>(64, 4 * processors);
    std::vector<std::string> found;
    const auto bound = [&](const char* name, std::uint64_t threads) {
        if (threads <= most) return;
        found.push_back(std::string(name) + " is " + std::to_string(threads) + ", and this machine has " +
                        std::to_string(processors) + " processors: use at most " + std::to_string(most) +
                        ", or 0 for the default");
    };
    bound("total", options.total);
    bound("math", options.math);
    bound("pipeline", options.pipeline);
    return found;
}

std::size_t helpers(const ThreadSplit& split) { return split.math - 1 + split.pipeline; }

std::size_t total_threads(const ThreadOptions& options) {
    return options.total ? options.total : available_threads();
}

ThreadSplit split_threads(const ThreadOptions& options, const SampleShape& shape, bool gpu) {
    ThreadSplit split;
    split.total = total_threads(options);
    if (gpu) {
        split.pipeline = std::max<std::size_t>(split.total, 2) - 1;
    } else if (shape.is_image()) {
        split.math = split.total;
    }
    if (options.math) split.math = options.math;
    if (options.pipeline) split.pipeline = options.pipeline;
    return split;
}

void cap_math_threads(int threads) {
    at::set_num_threads(threads);
    // Looked up by name, since a LibTorch may carry MKL instead.
    if (auto* symbol = dlsym(RTLD_DEFAULT, "openblas_set_num_threads")) {
        reinterpret_cast<void (*)(int)>(symbol)(threads);
    }
}

}  // namespace mollify
