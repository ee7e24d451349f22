#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <mollify/datasets/sampler.hpp>
#include <mollify/tests/support/errors.hpp>

using namespace mollify;
using mollify::test::message_of;

namespace {

std::vector<SampleId> ids_of(const Sampler& sampler, Iteration iteration) {
    std::vector<SampleId> ids;
    sampler.ids(iteration, ids);
    return ids;
}

/// All ids of one epoch, in order.
std::vector<SampleId> epoch_of(const Sampler& sampler, Epoch epoch) {
    std::vector<SampleId> all;
    for (std::uint64_t batch = 0; batch < sampler.batches_per_epoch(); ++batch) {
        const auto ids = ids_of(sampler, epoch * sampler.batches_per_epoch() + batch);
        all.insert(all.end(), ids.begin(), ids.end());
    }
    return all;
}

}  // namespace

TEST_CASE("without shuffling the ids run from first to last, epoch after epoch") {
    const Sampler sampler(10, {.batch_size = 4, .shuffle = false, .drop_last = false});
    CHECK(sampler.batches_per_epoch() == 3);
    CHECK(ids_of(sampler, 0) == std::vector<SampleId>{0, 1, 2, 3});
    CHECK(ids_of(sampler, 2) == std::vector<SampleId>{8, 9});
    CHECK(ids_of(sampler, 3) == std::vector<SampleId>{0, 1, 2, 3});
    CHECK(sampler.epoch(2) == 0);
    CHECK(sampler.epoch(3) == 1);
}

TEST_CASE("an epoch visits every sample once; the next one in another order") {
    const Sampler sampler(1000, {.batch_size = 64, .drop_last = false, .seed = 4});
    auto first = epoch_of(sampler, 0);
    const auto second = epoch_of(sampler, 1);
    CHECK(first != second);
    CHECK(first != epoch_of(Sampler(1000, {.batch_size = 64, .drop_last = false, .seed = 5}), 0));
    std::sort(first.begin(), first.end());
    std::vector<SampleId> all(1000);
    std::iota(all.begin(), all.end(), SampleId{0});
    CHECK(first == all);
}

TEST_CASE("drop_last leaves the incomplete batch out, and only that one") {
    const SamplerOptions options{.batch_size = 64, .drop_last = true, .seed = 4};
    const Sampler dropping(1000, options);
    CHECK(dropping.batches_per_epoch() == 15);
    auto keeping_options = options;
    keeping_options.drop_last = false;
    const Sampler keeping(1000, keeping_options);
    CHECK(keeping.batches_per_epoch() == 16);
    CHECK(ids_of(keeping, 15).size() == 1000 - 15 * 64);
    for (Iteration iteration = 0; iteration < 15; ++iteration) {
        CHECK(ids_of(dropping, iteration) == ids_of(keeping, iteration));
        CHECK(ids_of(dropping, 15 + iteration) == ids_of(keeping, 16 + iteration));  // the second epoch
    }
    CHECK(Sampler(128, options).batches_per_epoch() == 2);
    CHECK(Sampler(128, keeping_options).batches_per_epoch() == 2);
}

TEST_CASE("batch plans have the sizes of the paper's runs") {
    CHECK(Sampler(50'000, {.batch_size = 64}).batches_per_epoch() == 781);
    for (const auto& [rows, batches, last] : {std::tuple{1296, 13, 96}, {4760, 48, 60}, {29556, 296, 56}}) {
        const Sampler sampler(static_cast<std::size_t>(rows), {.batch_size = 100, .drop_last = false});
        CHECK(sampler.batches_per_epoch() == static_cast<std::uint64_t>(batches));
        CHECK(ids_of(sampler, sampler.batches_per_epoch() - 1).size() == static_cast<std::size_t>(last));
    }
}

TEST_CASE("any iteration can be asked for first: resuming is a matter of arithmetic") {
    const SamplerOptions options{.batch_size = 7, .drop_last = false, .seed = 9};
    const Sampler running(50, options);
    std::vector<std::vector<SampleId>> history;
    for (Iteration iteration = 0; iteration < 40; ++iteration) history.push_back(ids_of(running, iteration));
    for (Iteration start = 0; start < 40; ++start) {
        const Sampler resumed(50, options);
        for (Iteration iteration = start; iteration < 40; ++iteration) {
            REQUIRE(ids_of(resumed, iteration) == history[iteration]);
        }
    }
}

TEST_CASE("shards together hold the rows of the global batch, in order, whatever their number") {
    CHECK(rc::check([] {
        const auto size = *rc::gen::inRange<std::size_t>(1, 200);
        const auto batch = *rc::gen::inRange<std::size_t>(1, 60);
        const auto shards = *rc::gen::inRange<std::size_t>(1, 20);
        const bool shuffle = *rc::gen::arbitrary<bool>();
        const auto iteration = *rc::gen::inRange<Iteration>(0, 1000);
        SamplerOptions options{.batch_size = batch, .shuffle = shuffle, .drop_last = false, .seed = 5};
        const auto whole = ids_of(Sampler(size, options), iteration);
        std::vector<SampleId> joined;
        std::size_t least = size, most = 0;
        for (std::size_t shard = 0; shard < shards; ++shard) {
            options.shard = {shard, shards};
            const Sampler sampler(size, options);
            const auto part = ids_of(sampler, iteration);
            RC_ASSERT(part.size() <= sampler.capacity());
            joined.insert(joined.end(), part.begin(), part.end());
            least = std::min(least, part.size());
            most = std::max(most, part.size());
        }
        RC_ASSERT(joined == whole);
        RC_ASSERT(most - least <= 1);
    }));
}

TEST_CASE("a shard without rows in a small batch gets none, and its batches still count") {
    const Sampler sampler(5, {.batch_size = 4, .drop_last = false, .shard = {3, 4}});
    CHECK(ids_of(sampler, 0).size() == 1);
    CHECK(ids_of(sampler, 1).empty());
    CHECK(sampler.batches_per_epoch() == 2);
    const Sampler never(5, {.batch_size = 2, .shard = {2, 3}});
    CHECK(never.capacity() == 1);
    for (Iteration iteration = 0; iteration < 6; ++iteration) CHECK(ids_of(never, iteration).empty());
}

TEST_CASE("a batch larger than the set is the whole set, or refused where it would be dropped") {
    const Sampler sampler(5, {.batch_size = 100, .drop_last = false});
    CHECK(sampler.capacity() == 5);
    CHECK(ids_of(sampler, 3).size() == 5);
    CHECK(message_of<ConfigError>([] {
              Sampler(5, {.batch_size = 100});
          }).find("batch_size 100 is larger than the data set of 5 samples") != std::string::npos);
}

TEST_CASE("options that cannot work are told all at once") {
    const auto message = message_of<ConfigError>([] { Sampler(0, {.batch_size = 0, .shard = {2, 2}}); });
    CHECK(message.find("3 problems") != std::string::npos);
    CHECK(message.find("batch_size is 0") != std::string::npos);
    CHECK(message.find("shard 2 of 2") != std::string::npos);
    CHECK(message.find("the data set is empty") != std::string::npos);
    CHECK_THROWS_AS(Sampler(5, {.batch_size = 1, .shard = {0, 0}}), ConfigError);
}
