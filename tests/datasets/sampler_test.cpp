#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/datasets/permutation.hpp>
#include <mollify/datasets/sampler.hpp>
#include <mollify/stages/error.hpp>

using namespace mollify;

TEST_CASE("a permutation visits every element exactly once, for every size") {
    for (std::uint64_t size : {1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 100, 1296, 4097}) {
        CAPTURE(size);
        const Permutation order(size, 7, 3);
        std::vector<bool> seen(size);
        for (std::uint64_t i = 0; i < size; ++i) {
            REQUIRE(order(i) < size);
            REQUIRE_FALSE(seen[order(i)]);
            seen[order(i)] = true;
        }
    }
}

TEST_CASE("shards together hold the rows of the global batch, whatever their number") {
    for (std::size_t shards : {1, 2, 3, 7, 16}) {
        for (Iteration iteration = 0; iteration < 8; ++iteration) {
            std::vector<SampleId> whole, part, joined;
            Sampler(37, {.batch_size = 10, .drop_last = false, .seed = 5}).ids(iteration, whole);
            for (std::size_t shard = 0; shard < shards; ++shard) {
                const Sampler sampler(37, {.batch_size = 10, .drop_last = false, .seed = 5, .shard = {shard, shards}});
                sampler.ids(iteration, part);
                CHECK(part.size() <= sampler.capacity());
                joined.insert(joined.end(), part.begin(), part.end());
            }
            CHECK(joined == whole);
        }
    }
}
