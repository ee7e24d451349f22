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

TEST_CASE("Counts that the machine cannot mean are refused by their names, all at once") {
    using mollify::problems;
    CHECK(problems(mollify::ThreadOptions{}).empty());
    CHECK(problems(mollify::ThreadOptions{.total = 64, .math = 64, .pipeline = 64}).empty());
    const auto found =
        problems(mollify::ThreadOptions{.total = 100'000, .math = 3'000'000'000, .pipeline = ~0ul});
    REQUIRE(found.size() == 3);
    CHECK(found[0].starts_with("total is 100000, and this machine has "));
    CHECK(found[1].starts_with("math is 3000000000, "));
    CHECK(found[2].starts_with("pipeline is 18446744073709551615, "));
}

TEST_CASE("A training's helpers are the threads of mathematics but one, and those that make batches") {
    CHECK(mollify::helpers({.total = 1, .math = 1, .pipeline = 1}) == 1);
    CHECK(mollify::helpers({.total = 8, .math = 4, .pipeline = 3}) == 6);
}
