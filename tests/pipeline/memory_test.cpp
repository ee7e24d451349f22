#include <cstdio>
#include <fstream>
#include <memory>

#include <doctest/doctest.h>
#include <unistd.h>

#include <mollify/pipeline/chain.hpp>
#include <mollify/tests/support/counting_dataset.hpp>

using namespace mollify;

namespace {

/// Resident memory of this process, in bytes.
long resident() {
    long pages = 0, resident_pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident_pages;
    return resident_pages * sysconf(_SC_PAGESIZE);
}

}  // namespace

TEST_CASE("resident memory is flat over 100,000 batches") {
#ifdef __SANITIZE_THREAD__
    MESSAGE("skipped: the thread sanitizer's own records grow");
    return;
#endif
    long early = 0;
    auto pipeline =
        from(std::make_shared<test::CountingDataset>(1000, 4), {.batch_size = 4, .in_flight = 6}) |
        named("touch", [](Batch& batch) { batch.values()[0] += 1; }) | into([&](Batch& batch) {
            if (batch.iteration() == 10'000) early = resident();
        });
    pipeline.run(100'000);
    const long late = resident();
    CAPTURE(early);
    CAPTURE(late);
    CHECK(pipeline.statistics().batches == 100'000);
    // One leaked byte per batch and node would be 360 kB; allocators keep some slack of their own.
    CHECK(late - early < 256 * 1024);
}
