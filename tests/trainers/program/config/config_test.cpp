#include <algorithm>
#include <fstream>

#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>

#include <mollify/stages/error.hpp>
#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/trainers/models/kinds.hpp>
#include <mollify/trainers/program/config/config_text.hpp>
#include <mollify/trainers/program/config/presets.hpp>

using namespace mollify;

namespace {

Config resolved(const ConfigSource& source) {
    const auto [config, found] = resolve_config(source);
    CHECK(found.empty());
    return config;
}

Config with(const std::vector<std::string>& settings) { return resolved({"quickstart", "", settings}); }

std::vector<std::string> problems_of(const ConfigSource& source) {
    try {
        auto [config, found] = resolve_config(source);
        for (const auto& problem : problems(config)) found.push_back(problem);
        return found;
    } catch (const ConfigError& error) {
        return error.problems();
    }
}

bool any_contains(const std::vector<std::string>& lines, const std::string& text) {
    return std::ranges::any_of(lines, [&](const auto& line) { return line.find(text) != std::string::npos; });
}

/// Of one key of the model's kind.
KeyValue value(const Config& config, const std::string& name) {
    for (const auto& key : find_model_kind(config.model.kind)->keys()) {
        if (key.name == name) return value_of(config.model, key);
    }
    FAIL("no such key: " << name);
    return {};
}

}  // namespace

TEST_CASE("every preset can be resolved, and what is printed of it gives it back") {
    CHECK(presets().size() == 19);
    for (const auto& preset : presets()) {
        CAPTURE(preset.name);
        CHECK_FALSE(preset.description.empty());
        const auto config = resolved({preset.name, "", {}});
        const auto again = parse_config(to_toml(config));
        CHECK(to_toml(again) == to_toml(config));
        CHECK(differences(config, again).empty());
        CHECK(digest(config) == digest(again));
    }
}

TEST_CASE("the paper's settings are those of the published scripts") {
    for (const auto* table : {"redwine", "whitewine", "parkinsons", "miniboone"}) {
        for (const auto* model : {"maf", "realnvp", "glow"}) {
            const auto config = resolved({std::string("uci/") + table + "-" + model, "", {}});
            CHECK(config.data.set == std::string("uci/") + table);
            CHECK(config.model.kind == model);
            CHECK(value(config, "hidden") == KeyValue(512));
            CHECK(value(config, "blocks") == KeyValue(5));
            CHECK(config.pipeline.batch_size == 100);
            CHECK_FALSE(config.pipeline.drop_last);
            CHECK(config.optimizer.kind == "adam");
            CHECK(config.optimizer.learning_rate == 1e-4);
            CHECK(config.optimizer.weight_decay == 1e-6);
            CHECK(config.training.epochs == 150);
            CHECK(config.evaluation.every_epochs == 5);
            CHECK(config.evaluation.batch_size == 1000);
            const auto schedule = resolved_schedule(config, 13);
            CHECK(schedule.clock == Clock::epoch);
            CHECK(schedule.duration == 150);
            // Noise level of the first, a middle and the last epoch, from the published formula in float64.
            CHECK(Schedule(schedule).level(0, 0) == 1);
            CHECK(Schedule(schedule).level(0, 75) == doctest::Approx(0.187950924331).epsilon(1e-10));
            CHECK(Schedule(schedule).level(0, 149) == doctest::Approx(0.000797682899546).epsilon(1e-9));
        }
    }
    const auto glow = resolved({"cifar10/glow", "", {}});
    CHECK(glow.optimizer.kind == "adamax");
    CHECK(glow.optimizer.learning_rate == 1e-3);
    CHECK(glow.optimizer.weight_decay == 1e-5);
    CHECK(glow.pipeline.batch_size == 64);
    CHECK(glow.pipeline.drop_last);
    CHECK(total_iterations(glow, 781) == 50'000);
    CHECK(resolved_schedule(glow, 781).clock == Clock::iteration);
    CHECK(resolved_schedule(glow, 781).duration == 30'000);
    CHECK(glow.model.kind == "image-glow");
    CHECK(value(glow, "levels") == KeyValue(3));
    CHECK(value(glow, "depth") == KeyValue(20));
    CHECK(value(glow, "hidden") == KeyValue(512));
}

TEST_CASE("settings are TOML values, and words without quotes are texts") {
    const auto config =
        with({"mollification.kind=none", "optimizer.learning_rate=2e-3", "training.snapshots=[1, 2]",
              "data.path=\"a b\"", "mollification.tau=0.2", "pipeline.shuffle=false"});
    CHECK(config.mollification.kind == "none");
    CHECK(config.optimizer.learning_rate == 2e-3);
    CHECK((config.training.snapshots == std::vector<std::uint64_t>{1, 2}));
    CHECK(config.data.path == "a b");
    CHECK(config.mollification.schedule.tau == 0.2);
    CHECK_FALSE(config.pipeline.shuffle);
}

TEST_CASE("a file stands on the defaults, and settings on the file") {
    const test::TemporaryFolder folder;
    const auto file = folder.write("mine.toml", "[training]\niterations = 7\nseed = 4\n");
    const auto config = resolved({"", file, {"training.seed=5"}});
    CHECK(config.training.iterations == 7);
    CHECK(config.training.seed == 5);
    CHECK(config.model.kind == "maf");
}

TEST_CASE("unknown names are told with the nearest right one") {
    CHECK(any_contains(problems_of({"uci/redwine-mav", "", {}}), "did you mean 'uci/redwine-maf'?"));
    CHECK(any_contains(problems_of({"quickstart", "", {"trainig.seed=1"}}), "did you mean 'training'?"));
    CHECK(any_contains(problems_of({"quickstart", "", {"training.sed=1"}}), "did you mean 'seed'?"));
    CHECK(any_contains(problems_of({"quickstart", "", {"model.kind=realnpv"}}), "did you mean 'realnvp'?"));
    CHECK(any_contains(problems_of({"quickstart", "", {"mollification.curve=sigmod"}}),
                       "did you mean 'sigmoid'?"));
    CHECK(any_contains(problems_of({"quickstart", "", {"training.device=cpuu"}}), "did you mean 'cpu'?"));
    CHECK(any_contains(problems_of({"quickstart", "", {"data.set=cifar"}}), "did you mean 'cifar10'?"));
    CHECK(any_contains(problems_of({"quickstart", "", {"optimizer.kind=adamx"}}), "did you mean 'adam"));
}

TEST_CASE("all problems are told at once, each by its key") {
    const auto found = problems_of(
        {"quickstart",
         "",
         {"training.epochs=3", "training.sed=1", "pipeline.batch_size=0", "optimizer.learning_rate=-1",
          "mollification.fraction=2", "model.kind=vae", "training.iterations=many", "nonsense"}});
    CHECK(any_contains(found, "training.epochs and training.iterations"));
    CHECK(any_contains(found, "training.sed"));
    CHECK(any_contains(found, "pipeline.batch_size"));
    CHECK(any_contains(found, "optimizer: "));
    CHECK(any_contains(found, "mollification.fraction"));
    CHECK(any_contains(found, "model: there is no model 'vae'"));
    CHECK(any_contains(found, "training.iterations: must be a whole number"));
    CHECK(any_contains(found, "write it as section.key=value"));
    CHECK(found.size() == 8);
}

TEST_CASE("a value of the wrong type leaves the one before it, and is told once") {
    const auto [config, found] = resolve_config({"quickstart", "", {"mollification.tau=hello"}});
    CHECK_FALSE(config.mollification.schedule.tau);
    CHECK(found == std::vector<std::string>{"--set mollification.tau: must be a number"});
    CHECK(problems(config).empty());
}

TEST_CASE("a model is judged without the data as far as that goes") {
    const auto found = problems_of({"quickstart", "", {"model.hidden=0", "model.blocks=-2"}});
    CHECK(found.size() == 2);
    CHECK(any_contains(found, "model: hidden"));
    CHECK(any_contains(found, "model: blocks"));
}

TEST_CASE("the kind of model is settled before its keys, in any order of the settings") {
    for (const std::vector<std::string>& settings :
         {std::vector<std::string>{"model.kind=image-glow", "model.levels=2", "model.depth=7"},
          std::vector<std::string>{"model.levels=2", "model.depth=7", "model.kind=image-glow"},
          std::vector<std::string>{"model.levels=2", "model.kind=image-glow", "model.depth=7"}}) {
        const auto config = with(settings);
        CHECK(config.model.kind == "image-glow");
        CHECK(value(config, "levels") == KeyValue(2));
        CHECK(value(config, "depth") == KeyValue(7));
        CHECK(value(config, "hidden") == KeyValue(64));  // as the preset says for its own kind
    }
    CHECK(with({"model.kind=image-glow"}).model == ModelOptions{"image-glow", {{"hidden", 64}}});
}

TEST_CASE("only the keys of the model's kind are printed, compared and part of the digest") {
    const auto text = to_toml(with({}));
    CHECK(text.find("blocks = ") != std::string::npos);
    CHECK(text.find("levels = ") == std::string::npos);
    CHECK(to_toml(with({"model.kind=image-glow"})).find("blocks = ") == std::string::npos);
    auto config = with({});
    config.model.values["levels"] = 7;  // of another kind
    CHECK(differences(config, with({})).empty());
    CHECK(digest(config) == digest(with({})));
    const auto lines = differences(with({}), with({"model.kind=image-glow", "model.hidden=8"}));
    CHECK(lines == std::vector<std::string>{"model.kind: 'realnvp' there, 'image-glow' here",
                                            "model.hidden: 64 there, 8 here"});
}

TEST_CASE("a key that the model's kind does not have is told with the kinds that have it") {
    CHECK(problems_of({"quickstart", "", {"model.kind=maf", "model.levels=3"}}) ==
          std::vector<std::string>{
              "--set model.levels: 'levels' is a key of image-glow; maf has: hidden, blocks"});
    CHECK(any_contains(problems_of({"quickstart", "", {"model.hiden=3"}}), "did you mean 'hidden'?"));
    const test::TemporaryFolder folder;
    const auto file = folder.write("mine.toml", "[model]\nlevels = 2\nkind = \"glow\"\n");
    CHECK(any_contains(problems_of({"", file, {"model.kind=image-glow"}}), "glow has: hidden, blocks"));
    CHECK(any_contains(problems_of({"quickstart", "", {"model.hidden=8.5"}}), "must be a whole number"));
    // Of a kind that does not exist nobody knows the keys.
    CHECK(problems_of({"quickstart", "", {"model.kind=gloww", "model.levels=2"}}).size() == 1);
}

TEST_CASE("a key that was renamed is told by its new name") {
    CHECK(problems_of({"cifar10/glow", "", {"model.steps=3"}}) ==
          std::vector<std::string>{"--set model.steps is now model.depth"});
    CHECK(problems_of({"quickstart", "", {"mollification.steps=3"}}) ==
          std::vector<std::string>{"--set mollification.steps is now mollification.treads"});
}

TEST_CASE("a seed that TOML cannot hold is refused") {
    auto config = with({});
    config.training.seed = config.data.seed = kLargestSeed;
    CHECK(to_toml(parse_config(to_toml(config))) == to_toml(config));
    config.training.seed = kLargestSeed + 1;
    config.data.seed = ~std::uint64_t{0};
    CHECK(problems(config) ==
          std::vector<std::string>{"data.seed: must be below 2^63", "training.seed: must be below 2^63"});
}

TEST_CASE("a file that is not TOML is told with line and column") {
    const test::TemporaryFolder folder;
    const auto file = folder.write("broken.toml", "[training]\nseed = = 3\n");
    const auto found = problems_of({"", file, {}});
    CHECK(any_contains(found, "broken.toml: line 2, column"));
    CHECK(found.size() == 1);
    CHECK(any_contains(problems_of({"", folder.path() / "missing.toml", {}}), "cannot read"));
}

TEST_CASE("what decides the results is compared, and what does not is not") {
    const auto here = with({});
    CHECK(differences(here, with({"threads.total=7", "training.device=cpu", "training.checkpoint_seconds=1",
                                  "data.path=elsewhere", "pipeline.in_flight=3", "training.log_every=7"}))
              .empty());
    const auto other = with({"training.seed=9", "mollification.tau=0.5"});
    const auto lines = differences(here, other);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == "mollification.tau: not set there, 0.5 here");
    CHECK(lines[1] == "training.seed: 1 there, 9 here");
    CHECK(digest(here) != digest(other));
}

TEST_CASE("the mollified fraction is of the training in the ticks of the schedule's clock") {
    const auto duration = [](const std::vector<std::string>& settings) {
        return resolved_schedule(with(settings), 10).duration;
    };
    CHECK(duration({"training.iterations=1000", "mollification.fraction=0.6"}) == 600);
    CHECK(duration({"training.iterations=1000", "mollification.fraction=0.6", "mollification.clock=epoch"}) ==
          60);
    CHECK(duration({"training.iterations=0", "training.epochs=30", "mollification.fraction=0.5"}) == 150);
    CHECK(duration({"training.iterations=1000", "mollification.duration=77"}) == 77);
}
