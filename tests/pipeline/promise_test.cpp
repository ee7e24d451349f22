/// \file The sentence that the library stands for, clause by clause: the bytes of batch t are the same for any number of
/// threads, any number of batches in flight, any number of shards with the same global batch, any instruction set, and
/// after any number of restarts.

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/pipeline/chain.hpp>
#include <mollify/stages/instruction_set.hpp>
#include <mollify/tests/pipeline/promised_batches.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;
using namespace mollify::test;

namespace {

const TemporaryFolder& folder() {
    static const TemporaryFolder kept;
    return kept;
}

Recipe recipe(const std::string& source, PipelineOptions options = {}) {
    options.batch_size = 16;
    options.seed = 7;
    return promised_recipe(source, folder().path(), options);
}

std::vector<std::string> part(const std::vector<std::string>& all, std::size_t begin, std::size_t end) {
    return {all.begin() + static_cast<std::ptrdiff_t>(begin), all.begin() + static_cast<std::ptrdiff_t>(end)};
}

/// What another process prints with the given instruction set: its name, then digests.
std::vector<std::string> printed_on(const std::string& set, const std::string& source, int count) {
    const std::string command = "MOLLIFY_INSTRUCTION_SET=" + set + " '" PRINT_DIGESTS "' " + source + " '" +
                                folder().path().string() + "' " + std::to_string(count);
    std::vector<std::string> lines;
    std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    REQUIRE(pipe);
    char line[256];
    while (std::fgets(line, sizeof(line), pipe.get())) lines.emplace_back(line, std::strcspn(line, "\n"));
    return lines;
}

}  // namespace

TEST_CASE("the first 200 batches are the same for any number of threads and slots") {
    for (const auto& source : kPromisedSources) {
        CAPTURE(source);
        const auto expected = digests(recipe(source, {.in_flight = 1, .threads = 1}), 0, 200);
        REQUIRE(expected.size() == 200);
        for (std::size_t threads : {1, 2, 4}) {
            for (std::size_t in_flight : {1, 2, 8}) {
                CAPTURE(threads);
                CAPTURE(in_flight);
                CHECK(digests(recipe(source, {.in_flight = in_flight, .threads = threads}), 0, 200) ==
                      expected);
            }
        }
    }
}

TEST_CASE("the first 200 batches are the same on every instruction set that this processor has") {
    for (const auto& source : kPromisedSources) {
        CAPTURE(source);
        auto expected = digests(recipe(source), 0, 200);
        expected.insert(expected.begin(), "");
        for (const InstructionSet set : supported_instruction_sets()) {
            CAPTURE(to_string(set));
            expected.front() = to_string(set);
            CHECK(printed_on(to_string(set), source, 200) == expected);
        }
    }
}

TEST_CASE("an instruction set that this processor has not is refused with those that it has") {
    const auto lines = printed_on("avx1024", "uci", 1);
    REQUIRE(lines.size() == 1);
    CHECK(lines.front().starts_with(
        "MOLLIFY_INSTRUCTION_SET=avx1024 cannot be used here: this machine runs scalar"));
}

TEST_CASE("a run resumed at any of 50 iterations goes on with the same batches") {
    for (const auto& source : kPromisedSources) {
        CAPTURE(source);
        const auto expected = digests(recipe(source), 0, 52);
        for (Iteration stop = 0; stop <= 50; ++stop) {
            CAPTURE(stop);
            CHECK(digests(recipe(source, {.in_flight = 3}), stop, 52) == part(expected, stop, 52));
        }
    }
}

TEST_CASE("a resumed run may be resumed again, in the second epoch and at an epoch's edge") {
    for (const auto& source : kPromisedSources) {
        CAPTURE(source);
        const Recipe whole = recipe(source);
        const auto epoch = Sampler(whole.dataset->size(), whole.sampler_options()).batches_per_epoch();
        const auto expected = digests(whole, 0, 2 * epoch + 3);
        std::vector<std::string> pieces;
        // Stops: early, again soon after, at the edge of epoch 1, within epoch 2, at the edge of epoch 2.
        Iteration begin = 0;
        for (const Iteration stop :
             {Iteration{2}, Iteration{3}, epoch, epoch + 2, 2 * epoch, 2 * epoch + 3}) {
            const auto piece = digests(recipe(source), begin, stop);
            pieces.insert(pieces.end(), piece.begin(), piece.end());
            begin = stop;
        }
        CHECK(pieces == expected);
    }
}

TEST_CASE("two shards together hold the rows of one, byte for byte") {
    for (const auto& source : kPromisedSources) {
        CAPTURE(source);
        BatchRange whole(recipe(source), 0, 200);
        BatchRange first(recipe(source, {.shard = {0, 2}}), 0, 200);
        BatchRange second(recipe(source, {.shard = {1, 2}}), 0, 200);
        auto a = first.begin();
        auto b = second.begin();
        std::size_t batches = 0;
        for (Batch& batch : whole) {
            std::vector<SampleId> ids(a->ids().begin(), a->ids().end());
            ids.insert(ids.end(), b->ids().begin(), b->ids().end());
            REQUIRE(std::equal(ids.begin(), ids.end(), batch.ids().begin(), batch.ids().end()));
            std::vector<float> values(a->values().begin(), a->values().end());
            values.insert(values.end(), b->values().begin(), b->values().end());
            REQUIRE(std::equal(values.begin(), values.end(), batch.values().begin(), batch.values().end()));
            ++a;
            ++b;
            ++batches;
        }
        CHECK(batches == 200);
    }
}

TEST_CASE("batches differ from iteration to iteration and seed to seed") {
    const auto base = digests(recipe("cifar"), 0, 40);
    CHECK(std::set<std::string>(base.begin(), base.end()).size() == 40);
    auto other = promised_recipe("cifar", folder().path(), {.batch_size = 16, .seed = 8});
    CHECK(digests(other, 0, 1) != part(base, 0, 1));
}

TEST_CASE("the bytes of the built-in images' batches have not changed since mollify-1") {
    // Recorded when the algorithm was defined: another value means another kAlgorithmVersion.
    const auto now = digests(recipe("cifar"), 0, 200);
    CHECK(now.front() == "df53375e248936ed");
    CHECK(now.back() == "c913d031be12a7a8");
}
