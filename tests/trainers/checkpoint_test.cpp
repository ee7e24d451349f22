#include <fstream>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <mollify/datasets/synthetic.hpp>
#include <mollify/pipeline/chain.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/mollifier.hpp>
#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/trainers/checkpoint.hpp>
#include <mollify/trainers/models/kinds.hpp>
#include <mollify/trainers/optimizers/make_optimizer.hpp>
#include <mollify/trainers/trainer.hpp>

using namespace mollify;

namespace {

constexpr Iteration kIterations = 14;

/// A small training whose every part is as in the program.
struct Training {
    Training(const std::string& model_kind, const std::string& optimizer_kind)
        : model(make_model({model_kind, {{"hidden", 8}, {"blocks", 2}}}, SampleShape::features(2), 3)),
          optimizer(make_optimizer({.kind = optimizer_kind, .learning_rate = 1e-2, .weight_decay = 1e-3},
                                   model->parameters())),
          trainer(*model, *optimizer, Placement(at::kCPU), 5),
          pipeline(from(std::make_shared<ArrayDataset>(synthesize(GaussianMixture(), {.count = 70})),
                        {.batch_size = 20, .drop_last = false, .seed = 5, .threads = 1}) |
                   Mollifier::gaussian(Schedule({.duration = 10}), 5) | into("train", trainer)) {}

    Checkpoint checkpoint() const {
        return {pipeline.position(), "configuration", {}, checkpoint_tensors(*model, *optimizer)};
    }

    std::unique_ptr<Model> model;
    std::unique_ptr<Optimizer> optimizer;
    Trainer trainer;
    Pipeline pipeline;
};

void check_equal(const std::vector<NamedTensor>& a, const std::vector<NamedTensor>& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        CAPTURE(a[i].name);
        CHECK(a[i].name == b[i].name);
        CHECK(at::equal(a[i].tensor, b[i].tensor));
    }
}

std::optional<Checkpoint> latest(const CheckpointFolder& folder) {
    return folder.latest([](const std::string& complaint) { FAIL(complaint); });
}

Checkpoint at_iteration(Iteration iteration) {
    return {{iteration, "signature"},
            "configuration",
            {{"key", "value"}},
            {{"model.x", at::full({1}, 1.0f * iteration)}}};
}

}  // namespace

TEST_CASE(
    "a training stopped after any iteration and continued from its checkpoint ends with the same bits") {
    for (const auto* model : {"maf", "realnvp", "glow"}) {
        for (const auto* optimizer : {"adam", "adamax"}) {
            CAPTURE(model);
            CAPTURE(optimizer);
            Training whole(model, optimizer);
            whole.pipeline.run(kIterations);
            for (Iteration stop = 1; stop < kIterations; ++stop) {
                CAPTURE(stop);
                const test::TemporaryFolder folder;
                const CheckpointFolder checkpoints(folder.path());
                {
                    Training first(model, optimizer);
                    first.trainer.after_step = [&](const TrainingStep& step) {
                        if (step.iteration + 1 == stop) first.pipeline.stop();
                    };
                    first.pipeline.run(kIterations);
                    checkpoints.write(first.checkpoint());
                }
                Training second(model, optimizer);
                const auto checkpoint = latest(checkpoints);
                REQUIRE(checkpoint);
                CHECK(checkpoint->position.iteration == stop);
                restore(checkpoint->tensors, *second.model, second.optimizer.get());
                second.trainer.resume(0);
                second.pipeline.resume(checkpoint->position, kIterations);
                check_equal(whole.checkpoint().tensors, second.checkpoint().tensors);
            }
        }
    }
}

TEST_CASE("two checkpoints are kept, and the newest is read with its notes") {
    const test::TemporaryFolder folder;
    const CheckpointFolder checkpoints(folder.path() / "new");
    CHECK_FALSE(latest(checkpoints));
    checkpoints.make();
    CHECK_FALSE(latest(checkpoints));
    for (const Iteration iteration : {9, 10, 11, 100}) checkpoints.write(at_iteration(iteration));
    CHECK(checkpoints.files().size() == 2);
    const auto checkpoint = latest(checkpoints);
    REQUIRE(checkpoint);
    CHECK(checkpoint->position.iteration == 100);
    CHECK(checkpoint->position.signature == "signature");
    CHECK(checkpoint->configuration == "configuration");
    CHECK(checkpoint->notes == Metadata{{"key", "value"}});
    CHECK(checkpoint->tensors.at(0).tensor.item<float>() == 100);
}

TEST_CASE("where the newest checkpoint is damaged the one before it is used, and that is said") {
    const test::TemporaryFolder folder;
    const CheckpointFolder checkpoints(folder.path());
    checkpoints.write(at_iteration(1));
    checkpoints.write(at_iteration(2));
    const auto files = checkpoints.files();
    std::filesystem::resize_file(files.back(), std::filesystem::file_size(files.back()) - 1);

    std::vector<std::string> complaints;
    const auto note = [&](const std::string& complaint) { complaints.push_back(complaint); };
    const auto checkpoint = checkpoints.latest(note);
    REQUIRE(checkpoint);
    CHECK(checkpoint->position.iteration == 1);
    REQUIRE(complaints.size() == 1);
    CHECK(complaints[0].find(files.back().string()) != std::string::npos);

    std::ofstream(files.front()) << "nonsense";
    CHECK_THROWS_WITH_AS(checkpoints.latest(note), doctest::Contains("none of its 2 checkpoints is whole"),
                         DataError);
}

TEST_CASE("the one before it is used whatever is wrong with the newest checkpoint") {
    const test::TemporaryFolder folder;
    const CheckpointFolder checkpoints(folder.path());
    checkpoints.write(at_iteration(1));
    const auto newest = folder.path() / "iteration-0000000002.safetensors";
    const std::vector<NamedTensor> tensors{{"model.x", at::zeros({1})}};
    const Metadata whole{{"iteration", "2"},
                         {"signature", "s"},
                         {"configuration", "c"},
                         {"libtorch", "1"},
                         {"note.key", "value"}};
    const auto examine = [](const Checkpoint& checkpoint) {
        if (note(checkpoint.notes, "key") != "value") throw std::out_of_range("map::at");
    };
    const auto used = [&](const Metadata& metadata) {
        write_safetensors(newest, tensors, metadata);
        std::vector<std::string> complaints;
        const auto checkpoint = checkpoints.latest(
            [&](const std::string& complaint) { complaints.push_back(complaint); }, examine);
        REQUIRE(checkpoint);
        CHECK(complaints.size() == (checkpoint->position.iteration == 1 ? 1 : 0));
        for (const auto& complaint : complaints) CHECK(complaint.starts_with(newest.string() + ": "));
        return checkpoint->position.iteration;
    };
    CHECK(used(whole) == 2);
    for (const auto& [key, value] : whole) {
        CAPTURE(key);
        auto metadata = whole;
        metadata.erase(key);
        CHECK(used(metadata) == 1);
    }
    for (const char* number : {"12abc", "", " 2", "2 ", "+2", "-2", "0x2", "2.0", "18446744073709551616"}) {
        CAPTURE(number);
        auto metadata = whole;
        metadata["iteration"] = number;
        CHECK(used(metadata) == 1);
    }
    auto metadata = whole;
    metadata["note.key"] = "other";
    CHECK(used(metadata) == 1);
}

TEST_CASE("a damaged checkpoint does not push out a whole one when the training goes on before it") {
    const test::TemporaryFolder folder;
    const CheckpointFolder checkpoints(folder.path());
    checkpoints.write(at_iteration(400));
    checkpoints.write(at_iteration(500));
    std::filesystem::resize_file(checkpoints.files().back(), 10);
    checkpoints.write(at_iteration(450));
    std::filesystem::resize_file(checkpoints.files().at(1), 10);
    const auto checkpoint = checkpoints.latest([](const std::string&) {});
    REQUIRE(checkpoint);
    CHECK(checkpoint->position.iteration == 400);
}

TEST_CASE("a half written checkpoint is not seen, and is removed when writing begins again") {
    const test::TemporaryFolder folder;
    const CheckpointFolder checkpoints(folder.path());
    const auto partial = folder.path() / "iteration-0000000003.safetensors.partial-17-0";
    std::ofstream(partial) << "half";
    CHECK_FALSE(latest(checkpoints));
    checkpoints.make();
    CHECK_FALSE(std::filesystem::exists(partial));
}

TEST_CASE("a checkpoint of another configuration or of other data is refused with the reason") {
    const auto checkpoint = at_iteration(4);
    CHECK(resume_problem(checkpoint, "configuration", "signature").empty());
    CHECK(resume_problem(checkpoint, "other", "signature").find("configuration") != std::string::npos);
    CHECK(resume_problem(checkpoint, "configuration", "other").find("'signature'") != std::string::npos);
}

TEST_CASE("a saved tensor of another dtype, or one that is given twice, is refused by name") {
    Training training("maf", "adam");
    auto tensors = checkpoint_tensors(*training.model, *training.optimizer);
    for (auto& named : tensors) named.tensor = named.tensor.detach().clone();
    auto narrow = tensors;
    narrow[0].tensor = narrow[0].tensor.to(at::kByte);
    CHECK_THROWS_WITH_AS(restore(narrow, *training.model, training.optimizer.get()),
                         doctest::Contains("is of Byte and should be of Float"), Error);
    auto twice = tensors;
    twice.push_back(tensors[0]);
    CHECK_THROWS_WITH_AS(restore(twice, *training.model), doctest::Contains("is given twice"), Error);
}

TEST_CASE("a checkpoint of another model is refused with the names of its tensors, and nothing is changed") {
    Training small("maf", "adam");
    Training other("realnvp", "adam");
    const auto before = small.model->parameters()[0].tensor.clone();
    CHECK_THROWS_AS(restore(checkpoint_tensors(*other.model, *other.optimizer), *small.model), Error);
    CHECK(at::equal(before, small.model->parameters()[0].tensor));
}
