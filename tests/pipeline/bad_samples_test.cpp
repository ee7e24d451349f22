/// \file Bad samples: under every policy the batches are a function of the data and the iteration alone.

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/datasets/images/image_folder.hpp>
#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/pipeline/chain.hpp>
#include <mollify/stages/decode/decode.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/mollifier.hpp>
#include <mollify/stages/normalize.hpp>
#include <mollify/tests/support/counting_dataset.hpp>
#include <mollify/tests/support/jpeg_folder.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSamples = 200;
constexpr Iteration kIterations = 45;  // almost two epochs of 25
constexpr std::size_t kBatch = 8;
constexpr std::size_t kAnyNumber = 1'000'000;

const std::set<SampleId> kOne{17};
const std::set<SampleId> kThree{3, 100, 199};

PipelineOptions options(BadSamplePolicy policy, std::size_t budget = kAnyNumber) {
    return {.batch_size = kBatch, .seed = 7, .bad_samples = {.policy = policy, .budget = budget}};
}

std::string digest(const Batch& batch) {
    Fingerprint out;
    out.add(batch.iteration()).add(batch.epoch());
    out.add(std::as_bytes(batch.ids())).add(std::as_bytes(batch.labels())).add(std::as_bytes(batch.values()));
    return out.hex();
}

/// What came out of a run: a digest per batch, the bad samples, and the error that it ended with.
struct Run {
    std::vector<std::string> digests;
    std::vector<std::vector<SampleId>> ids;
    std::vector<BadSample> bad;
    std::string error;

    bool operator==(const Run&) const = default;
};

Run run(const Recipe& recipe, Iteration begin, Iteration end, std::vector<BadSample> known = {}) {
    Run out;
    Pipeline pipeline(recipe, "collect", [&](Batch& batch) {
        out.digests.push_back(digest(batch));
        out.ids.emplace_back(batch.ids().begin(), batch.ids().end());
    });
    pipeline.remember(std::move(known));
    try {
        pipeline.run(begin, end);
    } catch (const StageError& error) {
        out.error = error.what();
    }
    out.bad = pipeline.bad_samples();
    return out;
}

/// 200 samples that fail while they are read.
Recipe failing_reads(const std::set<SampleId>& bad, const PipelineOptions& pipeline) {
    const auto data = std::make_shared<test::CountingDataset>(kSamples, 3);
    data->on_read = [bad](SampleId id) {
        if (bad.contains(id)) throw DataError("disk", "block " + std::to_string(id), "is worn out", "");
    };
    return (from(data, pipeline) | Mollifier::gaussian(Schedule({.duration = 30}), 11)).recipe();
}

/// 200 JPEG files; the even bad ones are cut, and fail in the decoder, the odd ones are empty, and fail in the reading.
Recipe files(const test::TemporaryFolder& folder, const std::set<SampleId>& bad,
             const PipelineOptions& pipeline) {
    static const test::TemporaryFolder whole;
    if (!fs::exists(whole / "jpeg")) test::write_jpeg_folder(whole / "jpeg", kSamples, 24, 20);
    fs::copy(whole / "jpeg", folder / "jpeg",
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    const auto data = std::make_shared<ImageFolder>((folder / "jpeg").string());
    for (const SampleId id : bad) fs::resize_file(data->origin(id), id % 2 == 0 ? 700 : 0);
    return (from(data, pipeline) | Decode({.output = {3, 16, 16}}) | Normalize::to_symmetric_range() |
            Mollifier::gaussian(Schedule({.duration = 30}), 11))
        .recipe();
}

std::vector<SampleId> wanted(const Recipe& recipe, Iteration iteration) {
    std::vector<SampleId> ids;
    Sampler(recipe.dataset->size(), recipe.sampler_options()).ids(iteration, ids);
    return ids;
}

/// The rows of an iteration by the definition of the policies, knowing which samples are bad.
std::vector<SampleId> expected_ids(const Recipe& recipe, const std::set<SampleId>& bad, Iteration iteration) {
    std::vector<SampleId> out;
    for (const SampleId sample : wanted(recipe, iteration)) {
        SampleId candidate = sample;
        if (recipe.options.bad_samples.policy == BadSamplePolicy::substitute) {
            for (std::uint32_t draw = 0; bad.contains(candidate); ++draw)
                candidate = substitute(recipe.options.seed, iteration, sample, draw, kSamples);
        }
        if (!bad.contains(candidate)) out.push_back(candidate);
    }
    return out;
}

std::set<SampleId> ids_of(const std::vector<BadSample>& bad) {
    std::set<SampleId> out;
    for (const auto& sample : bad) out.insert(sample.id);
    return out;
}

std::set<SampleId> all_samples() {
    std::set<SampleId> out;
    for (SampleId id = 0; id < kSamples; ++id) out.insert(id);
    return out;
}

/// The promise, for one set of bad samples: threads, slots and restarts change nothing.
void check_promise(Recipe recipe, const std::set<SampleId>& bad) {
    recipe.options.threads = 1;
    recipe.options.in_flight = 1;
    const auto reference = run(recipe, 0, kIterations);
    REQUIRE(reference.error.empty());
    REQUIRE(reference.digests.size() == kIterations);
    for (Iteration t = 0; t < kIterations; ++t) {
        CAPTURE(t);
        CHECK(reference.ids[t] == expected_ids(recipe, bad, t));
    }
    CHECK(ids_of(reference.bad) == bad);
    CHECK(reference.bad.size() == bad.size());
    CHECK(std::ranges::is_sorted(reference.bad, {}, &BadSample::iteration));
    for (std::size_t threads : {1, 4}) {
        for (std::size_t in_flight : {1, 3, 10}) {
            CAPTURE(threads);
            CAPTURE(in_flight);
            recipe.options.threads = threads;
            recipe.options.in_flight = in_flight;
            CHECK(run(recipe, 0, kIterations) == reference);
            for (const Iteration stop : {1, 13, 30}) {
                auto both = run(recipe, 0, stop);
                auto rest = run(recipe, stop, kIterations, both.bad);
                both.digests.insert(both.digests.end(), rest.digests.begin(), rest.digests.end());
                both.ids.insert(both.ids.end(), rest.ids.begin(), rest.ids.end());
                both.bad = rest.bad;
                CHECK(both == reference);
            }
        }
    }
}

}  // namespace

TEST_CASE(
    "with one and three bad samples batches are dense, and the same for any threads, slots and restarts") {
    for (const auto policy : {BadSamplePolicy::skip, BadSamplePolicy::substitute}) {
        CAPTURE(std::string(to_string(policy)));
        for (const auto& bad : {kOne, kThree}) {
            CAPTURE(bad.size());
            check_promise(failing_reads(bad, options(policy)), bad);
            const test::TemporaryFolder folder;
            check_promise(files(folder, bad, options(policy)), bad);
        }
    }
}

TEST_CASE("without bad samples every policy makes the same batches") {
    const auto expected = run(failing_reads({}, options(BadSamplePolicy::fail)), 0, kIterations);
    REQUIRE(expected.digests.size() == kIterations);
    for (const auto policy : {BadSamplePolicy::skip, BadSamplePolicy::substitute})
        CHECK(run(failing_reads({}, options(policy)), 0, kIterations) == expected);
}

TEST_CASE("the rows beside a bad one keep their bytes") {
    const auto whole = failing_reads({}, options(BadSamplePolicy::fail));
    const auto holed = failing_reads(kOne, options(BadSamplePolicy::skip));
    BatchRange all(whole, 0, 25), some(holed, 0, 25);
    auto b = some.begin();
    std::size_t compared = 0;
    for (Batch& a : all) {
        for (std::size_t row = 0, other = 0; row < a.size(); ++row) {
            if (kOne.contains(a.ids()[row])) continue;
            REQUIRE(b->ids()[other] == a.ids()[row]);
            REQUIRE(b->labels()[other] == a.labels()[row]);
            REQUIRE(std::ranges::equal(b->values(other), a.values(row)));
            ++other;
            ++compared;
        }
        ++b;
    }
    CHECK(compared == 199);
}

TEST_CASE(
    "where all of 200 samples are bad the run fails under every policy, at the same place, for any threads") {
    const auto all = all_samples();
    const test::TemporaryFolder folder;
    for (const auto policy : {BadSamplePolicy::fail, BadSamplePolicy::skip, BadSamplePolicy::substitute}) {
        CAPTURE(std::string(to_string(policy)));
        for (const std::size_t budget : {std::size_t{10}, kAnyNumber}) {
            CAPTURE(budget);
            for (auto recipe :
                 {failing_reads(all, options(policy, budget)), files(folder, all, options(policy, budget))}) {
                recipe.options.threads = 1;
                recipe.options.in_flight = 1;
                const auto reference = run(recipe, 0, kIterations);
                CHECK(reference.error.starts_with("stage '"));
                CHECK(reference.bad.size() > 1);
                recipe.options.threads = 4;
                recipe.options.in_flight = 10;
                CHECK(run(recipe, 0, kIterations) == reference);
            }
        }
    }
}

TEST_CASE("one bad sample more than the budget ends the run, naming all, at the same batch for any threads") {
    for (const auto policy : {BadSamplePolicy::skip, BadSamplePolicy::substitute}) {
        CAPTURE(std::string(to_string(policy)));
        const test::TemporaryFolder folder;
        for (auto recipe :
             {failing_reads(kThree, options(policy, 2)), files(folder, kThree, options(policy, 2))}) {
            recipe.options.threads = 1;
            recipe.options.in_flight = 1;
            const auto reference = run(recipe, 0, 1000);
            CHECK(ids_of(reference.bad) == kThree);
            CHECK(reference.digests.size() == reference.bad.back().iteration);
            CHECK(reference.error.find("3 samples cannot be used, more than the budget of 2") !=
                  std::string::npos);
            CHECK(reference.error.find("--set pipeline.bad_budget=") != std::string::npos);
            for (const auto& bad : reference.bad) {
                CHECK(reference.error.find(bad.origin) != std::string::npos);
                CHECK(reference.error.find(bad.reason) != std::string::npos);
            }
            recipe.options.threads = 4;
            recipe.options.in_flight = 10;
            CHECK(run(recipe, 0, 1000) == reference);
            recipe.options.bad_samples.budget = 3;
            CHECK(run(recipe, 0, 100).error.empty());
            // What an earlier session met counts too, and is not forgotten.
            recipe.options.bad_samples.budget = 2;
            const auto stop = reference.bad.back().iteration;
            CHECK(run(recipe, stop, 1000, {reference.bad.begin(), reference.bad.end() - 1}).error ==
                  reference.error);
        }
    }
}

TEST_CASE("each bad sample is reported once, in order, before its batch arrives, on the consumer's thread") {
    std::vector<BadSample> reported;
    const auto caller = std::this_thread::get_id();
    bool elsewhere = false;
    auto pipeline_options = options(BadSamplePolicy::skip);
    pipeline_options.threads = 4;
    pipeline_options.bad_samples.report = [&](const BadSample& bad) {
        elsewhere |= std::this_thread::get_id() != caller;
        reported.push_back(bad);
    };
    std::size_t late = 0, batches = 0;
    Pipeline pipeline(failing_reads(kThree, pipeline_options), "look", [&](Batch& batch) {
        ++batches;
        if (batch.size() < kBatch && (reported.empty() || reported.back().iteration > batch.iteration()))
            ++late;
    });
    pipeline.run(100);
    CHECK(batches == 100);
    CHECK(late == 0);
    CHECK_FALSE(elsewhere);
    CHECK(reported == pipeline.bad_samples());
    CHECK(pipeline.statistics().bad_samples == 3);
    REQUIRE(reported.size() == 3);
    CHECK(reported.front().stage == "read");
    CHECK(reported.front().origin == "counting:" + std::to_string(reported.front().id));
    CHECK(reported.front().reason.ends_with("is worn out"));
    pipeline.run(100);  // from the beginning: met anew
    CHECK(reported.size() == 6);
    CHECK(pipeline.bad_samples().size() == 3);
}

TEST_CASE("what a report throws ends the run and arrives as it is") {
    auto pipeline_options = options(BadSamplePolicy::skip);
    pipeline_options.bad_samples.report = [](const BadSample&) { throw std::out_of_range("enough"); };
    Pipeline pipeline(failing_reads(kOne, pipeline_options), "look", [](Batch&) {});
    CHECK_THROWS_WITH_AS(pipeline.run(100), "enough", std::out_of_range);
}

TEST_CASE("an error that is no sample's fault ends the run under every policy") {
    for (const auto policy : {BadSamplePolicy::fail, BadSamplePolicy::skip, BadSamplePolicy::substitute}) {
        const auto data = std::make_shared<test::CountingDataset>(kSamples, 3);
        data->on_read = [](SampleId id) {
            if (id == 40) throw DataError("disk", "", "is worn out", "");
            if (id == 41) throw std::runtime_error("no memory");
        };
        auto pipeline_options = options(policy);
        pipeline_options.shuffle = false;
        auto pipeline = from(data, pipeline_options) | into([](Batch&) {});
        try {
            pipeline.run(25);
            FAIL("no error");
        } catch (const StageError& error) {
            CHECK(error.iteration() == 5);
            CHECK(error.sample() == 41);
            CHECK(std::string(error.what()).ends_with("no memory"));
        }
    }
}

TEST_CASE("a stage that walks over no rows may blame a sample of its batch, and none that there is not") {
    auto blames = [](SampleId who) {
        return named("picky", [who](Batch& batch) {
            if (who >= kSamples || std::ranges::find(batch.ids(), who) != batch.ids().end())
                throw SampleError(who, "it is ugly");
        });
    };
    const auto data = std::make_shared<test::CountingDataset>(kSamples, 3);
    const auto skipping = run((from(data, options(BadSamplePolicy::skip)) | blames(17)).recipe(), 0, 25);
    CHECK(skipping.error.empty());
    REQUIRE(skipping.bad.size() == 1);
    CHECK(skipping.bad.front().id == 17);
    CHECK(skipping.bad.front().stage == "picky");

    // origin() must not be asked for a sample that is not in the set.
    struct Strict : test::CountingDataset {
        using test::CountingDataset::CountingDataset;
        std::string origin(SampleId id) const override {
            if (id >= size()) throw std::out_of_range("origin of a sample that there is not");
            return CountingDataset::origin(id);
        }
    };
    const auto strict = std::make_shared<Strict>(kSamples, 3);
    for (const auto policy : {BadSamplePolicy::fail, BadSamplePolicy::skip}) {
        const auto failed = run((from(strict, options(policy)) | blames(12'345)).recipe(), 0, 25);
        CHECK(failed.error == "stage 'picky', iteration 0, sample 12345: it is ugly");
        CHECK(failed.bad.empty());
    }
}

TEST_CASE("a substitute is a pure function, in the set, and never the same for all") {
    std::set<SampleId> seen;
    for (std::uint32_t draw = 0; draw < kSubstituteDraws; ++draw) {
        const auto id = substitute(7, 3, 17, draw, kSamples);
        CHECK(id < kSamples);
        CHECK(id == substitute(7, 3, 17, draw, kSamples));
        seen.insert(id);
    }
    CHECK(seen.size() > 40);
    CHECK(substitute(7, 3, 17, 0, 1) == 0);
    CHECK(substitute(1, 2, 3, 0, std::size_t{1} << 40) != substitute(2, 2, 3, 0, std::size_t{1} << 40));
    CHECK(substitute(1, 2, 3, 0, std::size_t{1} << 40) != substitute(1, 3, 3, 0, std::size_t{1} << 40));
    CHECK(substitute(1, 2, 3, 0, std::size_t{1} << 40) != substitute(1, 2, 4, 0, std::size_t{1} << 40));
}

TEST_CASE("two shards substitute as one does") {
    for (const auto policy : {BadSamplePolicy::skip, BadSamplePolicy::substitute}) {
        const auto shard = [&](Shard part) {
            auto pipeline_options = options(policy);
            pipeline_options.shard = part;
            return run(failing_reads(kThree, pipeline_options), 0, 25);
        };
        const auto whole = shard({0, 1}), left = shard({0, 2}), right = shard({1, 2});
        REQUIRE(whole.ids.size() == 25);
        for (std::size_t t = 0; t < 25; ++t) {
            auto both = left.ids[t];
            both.insert(both.end(), right.ids[t].begin(), right.ids[t].end());
            CHECK(both == whole.ids[t]);
        }
    }
}
