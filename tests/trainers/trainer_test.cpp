#include <cmath>
#include <limits>

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <mollify/datasets/array_dataset.hpp>
#include <mollify/pipeline/chain.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/trainers/evaluation.hpp>
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
    int asked = 0;
    const auto stopped = evaluate(model, recipe, Placement(at::kCPU), {.stop = [&] { return ++asked == 2; }});
    CHECK(stopped.samples == 2);
    CHECK_FALSE(stopped.complete);
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
