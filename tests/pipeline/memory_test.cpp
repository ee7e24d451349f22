#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <memory_resource>

#include <doctest/doctest.h>
#include <unistd.h>

#include <mollify/pipeline/chain.hpp>
#include <mollify/tests/support/counting_dataset.hpp>
#include <mollify/tests/support/skip.hpp>

using namespace mollify;

namespace {

/// Resident memory of this process, in bytes.
long resident() {
    long pages = 0, resident_pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident_pages;
    return resident_pages * sysconf(_SC_PAGESIZE);
}

/// Counts what the slots of a ring take.
class Counted : public std::pmr::memory_resource {
  public:
    std::size_t allocations = 0, bytes = 0, most = 0;

  private:
    void* do_allocate(std::size_t size, std::size_t alignment) override {
        ++allocations;
        bytes += size;
        most = std::max(most, bytes);
        return std::pmr::new_delete_resource()->allocate(size, alignment);
    }
    void do_deallocate(void* memory, std::size_t size, std::size_t alignment) override {
        bytes -= size;
        std::pmr::new_delete_resource()->deallocate(memory, size, alignment);
    }
    bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

}  // namespace

TEST_CASE(
    "the ring's slots are all that a run allocates for batches, once, from the memory that it is given") {
    Counted memory;
    auto pipeline = from(std::make_shared<test::CountingDataset>(1000, 4),
                         {.batch_size = 8, .in_flight = 3, .memory = &memory}) |
                    into([](Batch&) {});
    pipeline.run(200);
    CHECK(memory.allocations == 3);
    CHECK(memory.most == 3 * 8 * 4 * sizeof(float));
    CHECK(memory.bytes == 0);
}

TEST_CASE("resident memory is flat over 100,000 batches") {
#ifdef __SANITIZE_THREAD__
    test::skip("the thread sanitizer's own records grow");
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
