#include <cmath>
#include <limits>

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <mollify/datasets/array_dataset.hpp>
#include <mollify/pipeline/chain.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/trainers/evaluation.hpp>
#include <mollify/trainers/models/kinds.hpp>
#include <mollify/trainers/models/model.hpp>
#include <mollify/trainers/optimizers/make_optimizer.hpp>
#include <mollify/trainers/trainer.hpp>

using namespace mollify;

namespace {

/// N(mean, 1) in one dimension: everything can be computed by hand.
class OneGaussian : public Model {
  public:
    OneGaussian() : Model(SampleShape::features(1)), mean_(scope().parameter("mean", at::zeros({1}))) {}

    std::string name() const override { return "one-gaussian"; }
    at::Tensor loss(const at::Tensor& x) override {
        draws.push_back(at::rand({1}).item<double>());
        return -log_likelihood(x).mean();
    }
    at::Tensor log_likelihood(const at::Tensor& x) override {
        return (-0.5 * (x - mean_).square() - 0.5 * std::log(2 * M_PI)).sum(1);
    }
    at::Tensor sample(std::int64_t count, at::Generator generator) override {
        return at::empty({count, 1}).normal_(0, 1, std::move(generator)) + mean_;
    }
    void initialise(const at::Tensor& first_batch) override { initialised.push_back(first_batch.size(0)); }

    std::vector<std::int64_t> initialised;  // rows of each call
    std::vector<double> draws;

  private:
    at::Tensor mean_;
};

DatasetPtr numbers(std::vector<float> values) {
    return std::make_shared<ArrayDataset>("numbers", SampleShape::features(1), std::move(values));
}

const PipelineOptions kInOrder{.batch_size = 2, .shuffle = false, .drop_last = false, .threads = 1};

}  // namespace

TEST_CASE("a step is that of the optimizer on the mean negative log-likelihood of the batch") {
    OneGaussian model;
    const auto optimizer = make_optimizer({.kind = "adam", .learning_rate = 0.25}, model.parameters());
    Trainer trainer(model, *optimizer, Placement(at::kCPU), 0);
    std::vector<TrainingStep> steps;
    trainer.after_step = [&](const TrainingStep& step) { steps.push_back(step); };
    auto pipeline = from(numbers({1, 3}), kInOrder) | into("train", trainer);
    pipeline.run(1);

    REQUIRE(steps.size() == 1);
    CHECK(steps[0].samples == 2);
    // Mean of (1 + 9)/2 halves, plus log sqrt(2 pi).
    CHECK(steps[0].loss == doctest::Approx(2.5 + 0.9189385332046727));
    // The first step of Adam moves by the learning rate against the sign of the gradient.
    CHECK(model.parameters()[0].tensor.item<double>() == doctest::Approx(0.25));
}

TEST_CASE("a loss that is not finite skips the step and is counted, and training goes on") {
    OneGaussian model;
    const auto optimizer = make_optimizer({.kind = "adam", .learning_rate = 0.25}, model.parameters());
    Trainer trainer(model, *optimizer, Placement(at::kCPU), 0);
    std::vector<double> means;
    std::vector<bool> skipped;
    trainer.after_step = [&](const TrainingStep& step) {
        means.push_back(model.parameters()[0].tensor.item<double>());
        skipped.push_back(step.skipped);
    };
    const float nan = std::numeric_limits<float>::quiet_NaN();
    auto pipeline = from(numbers({1, 3, nan, 1, 1, 3}), kInOrder) | into("train", trainer);
    pipeline.run(3);

    CHECK(skipped == std::vector<bool>{false, true, false});
    CHECK(trainer.skipped() == 1);
    CHECK(means[0] == means[1]);
    CHECK(means[2] > means[1]);
    CHECK(optimizer->state()[0].tensor.item<std::int64_t>() == 2);  // steps taken
}

TEST_CASE("skipped steps are counted in a row, through a checkpoint, until one is finite") {
    OneGaussian model;
    const auto optimizer = make_optimizer({}, model.parameters());
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const auto pipeline_of = [&](Trainer& trainer) {
        return from(numbers({nan, 3, 1, nan, nan, 1, 1, 3, 1, nan}), kInOrder) | into("train", trainer);
    };
    const auto in_a_row = [&](Trainer& trainer, std::vector<std::uint64_t>& counts) {
        trainer.after_step = [&](const TrainingStep&) { counts.push_back(trainer.skipped_in_a_row()); };
    };
    Trainer whole(model, *optimizer, Placement(at::kCPU), 0);
    std::vector<std::uint64_t> counts;
    in_a_row(whole, counts);
    pipeline_of(whole).run(10);
    CHECK(counts == std::vector<std::uint64_t>{1, 2, 3, 0, 1, 2, 3, 4, 0, 1});
    CHECK(whole.skipped() == 8);

    Trainer second(model, *optimizer, Placement(at::kCPU), 0);
    second.resume(5, 2);
    std::vector<std::uint64_t> rest;
    in_a_row(second, rest);
    pipeline_of(second).run(6, 10);
    CHECK(rest == std::vector<std::uint64_t>{3, 4, 0, 1});
    CHECK(second.skipped() == 8);
}

TEST_CASE("batches of fewer rows than the model can train on are told before the training") {
    const auto problem = [](std::size_t samples, std::size_t batch_size, bool drop_last, const char* kind,
                            Shard shard = {}) {
        const auto model = make_model({kind, {{"hidden", 4}, {"blocks", 1}}}, SampleShape::features(2), 1);
        const auto data =
            std::make_shared<ArrayDataset>("rows", SampleShape::features(2), std::vector<float>(2 * samples));
        return batch_problem(
            *model, Recipe(data, {.batch_size = batch_size, .drop_last = drop_last, .shard = shard}));
    };
    for (const char* kind : {"maf", "realnvp", "glow"}) {
        CHECK(problem(41, 10, false, kind).find("the last batch of an epoch has 1 row,") == 0);
        CHECK(problem(41, 10, false, kind).find("--set pipeline.drop_last=true") != std::string::npos);
        CHECK(problem(41, 10, true, kind).empty());
        CHECK(problem(42, 10, false, kind).empty());
        CHECK(problem(40, 10, false, kind).empty());
        CHECK(problem(40, 1, true, kind).find("every batch has 1 row,") == 0);
        CHECK(problem(1, 10, false, kind).find("every batch has 1 row,") == 0);
        CHECK(problem(43, 10, false, kind, {0, 2}).find("the last batch") == 0);
        CHECK(problem(44, 10, false, kind, {0, 2}).empty());
    }
    OneGaussian model;
    CHECK(batch_problem(model, Recipe(numbers({1, 2, 3}), kInOrder)).empty());
}

TEST_CASE("the first batch initialises the model once, and not at all when weights were loaded") {
    for (const bool resumed : {false, true}) {
        OneGaussian model;
        const auto optimizer = make_optimizer({}, model.parameters());
        Trainer trainer(model, *optimizer, Placement(at::kCPU), 0);
        if (resumed) trainer.resume(4);
        auto pipeline = from(numbers({1, 2, 3, 4}), kInOrder) | into("train", trainer);
        pipeline.run(2);
        CHECK(model.initialised == (resumed ? std::vector<std::int64_t>{} : std::vector<std::int64_t>{2}));
        CHECK(trainer.skipped() == (resumed ? 4 : 0));
    }
}

TEST_CASE("a model's own random numbers depend on seed and iteration alone") {
    const auto draws = [](std::uint64_t seed, Iteration begin, Iteration end) {
        OneGaussian model;
        const auto optimizer = make_optimizer({}, model.parameters());
        Trainer trainer(model, *optimizer, Placement(at::kCPU), seed);
        auto pipeline = from(numbers({1, 2, 3, 4}), kInOrder) | into("train", trainer);
        pipeline.run(begin, end);
        return model.draws;
    };
    const auto whole = draws(1, 0, 6);
    const auto tail = draws(1, 4, 6);
    CHECK(std::vector<double>(whole.begin() + 4, whole.end()) == tail);
    CHECK(whole[0] != whole[1]);
    CHECK(draws(2, 0, 1)[0] != whole[0]);
}

TEST_CASE("evaluation is the mean over all samples, in double, whatever the batches") {
    OneGaussian model;
    const auto data = numbers({0, 1, 2, 3, 4});
    const double constant = 0.9189385332046727;  // log sqrt(2 pi)
    for (const std::size_t batch : {1, 2, 5, 100}) {
        auto options = kInOrder;
        options.batch_size = batch;
        const auto result = evaluate(model, from(data, options).recipe(), Placement(at::kCPU));
        CHECK(result.samples == 5);
        CHECK(result.mean == doctest::Approx(-(0 + 1 + 4 + 9 + 16) / 10.0 - constant));
        CHECK(result.non_finite == 0);
        CHECK(result.complete);
    }
    CHECK_FALSE(model.training());
}

TEST_CASE("evaluation counts samples without a finite likelihood, and its mean shows them") {
    OneGaussian model;
    const auto data = numbers({0, std::numeric_limits<float>::infinity(), 1});
    const auto result = evaluate(model, from(data, kInOrder).recipe(), Placement(at::kCPU));
    CHECK(result.non_finite == 1);
    CHECK(std::isinf(result.mean));
}

TEST_CASE("evaluation looks at no more batches than its limit asks for, and stops when it is told to") {
    OneGaussian model;
    const auto recipe = from(numbers({0, 1, 2, 3, 4, 5}), kInOrder).recipe();
    CHECK(evaluate(model, recipe, Placement(at::kCPU), {.limit = 3}).samples == 4);
    const auto all = evaluate(model, recipe, Placement(at::kCPU)).mean;
    for (const std::uint64_t limit : {5ul, 6ul, 7ul, ~0ul})
        CHECK(evaluate(model, recipe, Placement(at::kCPU), {.limit = limit}).mean == all);
    int asked = 0;
    const auto stopped = evaluate(model, recipe, Placement(at::kCPU), {.stop = [&] { return ++asked == 2; }});
    CHECK(stopped.samples == 2);
    CHECK_FALSE(stopped.complete);
}

TEST_CASE("a limited evaluation looks at a part of all classes of a set that lists one after the other") {
    // Log-likelihoods of 0, 1, …: the square root of what the value costs tells which samples were looked at.
    OneGaussian model;
    constexpr int kClasses = 10, kOfEach = 100;
    std::vector<float> classes;
    for (int i = 0; i < kClasses * kOfEach; ++i) classes.push_back(static_cast<float>(i / kOfEach));
    const auto data = numbers(classes);
    const auto mean_cost = [&](std::size_t batch_size, std::uint64_t seed, std::uint64_t limit) {
        auto options = kInOrder;
        options.batch_size = batch_size;
        options.seed = seed;
        const auto result = evaluate(model, Recipe(data, options), Placement(at::kCPU), {.limit = limit});
        CHECK(result.samples == limit);
        return -result.mean - 0.9189385332046727;
    };
    // All: 28.5/2 with deviation 28.2/2 of one sample, so that the mean of 200 is within 1 of it.
    CHECK(std::abs(mean_cost(20, 1, 200) - 14.25) < 3);
    CHECK(mean_cost(20, 1, 200) == mean_cost(20, 2, 200));                   // of no seed
    CHECK(mean_cost(20, 1, 200) == doctest::Approx(mean_cost(50, 1, 200)));  // nor of the batches
    CHECK(mean_cost(20, 1, 1000) == doctest::Approx(14.25));
}

TEST_CASE("the whole set is gathered in its own order") {
    const auto all = gather(from(numbers({0, 1, 2, 3, 4}), kInOrder).recipe(), Placement(at::kCPU));
    CHECK(at::equal(all, at::arange(5, at::kFloat).reshape({5, 1})));
}

TEST_CASE("bits per dimension are those of the published conversion") {
    const SampleShape shape{3, 32, 32};
    // NLL/(D ln 2) + 8 for [0, 1), + 7 for [-1, 1): a uniform density over [0, 1)^D takes 8 bits.
    CHECK(bits_per_dimension(0, shape, 1.0 / 256) == doctest::Approx(8));
    CHECK(bits_per_dimension(-3072 * std::log(2.0), shape, 1.0 / 128) == doctest::Approx(8));
}

TEST_CASE("an unknown device is refused with the nearest right name") {
    CHECK_THROWS_WITH_AS(Placement::on("cudo"), doctest::Contains("did you mean 'cuda'?"), ConfigError);
    CHECK(Placement::on("cpu").device().is_cpu());
}
