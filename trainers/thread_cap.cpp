#include <ATen/Parallel.h>
#include <dlfcn.h>

#include <mollify/trainers/thread_cap.hpp>

namespace mollify {

void cap_math_threads(int threads) {
    at::set_num_threads(threads);
    // Looked up by name, since a LibTorch may carry MKL instead.
    if (auto* symbol = dlsym(RTLD_DEFAULT, "openblas_set_num_threads")) {
        reinterpret_cast<void (*)(int)>(symbol)(threads);
    }
}

}  // namespace mollify
