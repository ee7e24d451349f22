#include <algorithm>

#include <ATen/Parallel.h>
#include <dlfcn.h>

#include <mollify/pipeline/thread_budget.hpp>
#include <mollify/trainers/process/threads.hpp>

namespace mollify {

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
