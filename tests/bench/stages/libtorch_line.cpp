#include "libtorch_line.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace mollify::bench {

std::function<void()> libtorch_line(long rows, long channels, long plane, int threads) {
    const at::Tensor x = at::rand({rows, channels, plane});
    return [x, threads] {
        at::set_num_threads(threads);  // per thread, hence in the thread that calls
        volatile const void* kept = (0.8 * x + 0.6 * at::randn_like(x)).data_ptr();
        static_cast<void>(kept);
    };
}

}  // namespace mollify::bench
