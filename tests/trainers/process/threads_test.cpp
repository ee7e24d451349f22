#include <thread>

#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <doctest/doctest.h>

#include <mollify/trainers/process/threads.hpp>

TEST_CASE("The cap holds for LibTorch on the calling thread and for OpenBLAS in the process") {
    using Count = int (*)();
    const auto openblas = reinterpret_cast<Count>(dlsym(RTLD_DEFAULT, "openblas_get_num_threads"));
    for (const int threads : {2, 1}) {
        std::thread([&] {
            mollify::cap_math_threads(threads);
            CHECK(at::get_num_threads() == threads);
            if (openblas) CHECK(openblas() == threads);
        }).join();
    }
}
