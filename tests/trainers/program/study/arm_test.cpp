#include <algorithm>

#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>

#include <mollify/stages/error.hpp>
#include <mollify/stages/mollifier.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/trainers/program/study/arm.hpp>

using namespace mollify;

namespace {

/// A configuration without problems.
Config good() {
    Config config;
    config.training.iterations = 10;
    return config;
}

Config config_of(const Arm& arm) {
    std::vector<std::string> found;
    auto config = arm_config(good(), arm, found);
    CHECK(found.empty());
    return config;
}

/// All that is said of these arms, in a line each.
std::string said(const std::vector<Arm>& arms, const Config& config = good()) {
    std::string text;
    for (const auto& problem : problems(config, arms)) text += problem + "\n";
    return text;
}

}  // namespace

TEST_CASE("the default arms are called vanilla and mollified, and differ in the kind of mollification") {
    const auto arms = default_arms();
    REQUIRE(arms.size() == 2);
    CHECK(arms[0].name == "vanilla");
    CHECK(config_of(arms[0]).mollification.kind == "none");
    CHECK(arms[1].name == "mollified");
    CHECK(config_of(arms[1]).mollification.kind == good().mollification.kind);
    CHECK(said(arms).empty());
}

TEST_CASE("an arm of every kind of mollification trains with it") {
    for (const auto& kind : mollifier_kinds()) CHECK(config_of(arm_of_kind(kind)).mollification.kind == kind);
    CHECK(arm_of_kind("gaussian").name == "gaussian");
    CHECK(said({arm_of_kind("none"), arm_of_kind("gausian")}).find("did you mean 'gaussian'?") !=
          std::string::npos);
}

TEST_CASE("an arm is read with its settings, and commas in brackets and quotes belong to a value") {
    const auto arm =
        parse_arm("a-1:training.snapshots=[1, 2],data.path=\"a,b\",model.hidden=7,data.dataset='x,]'");
    CHECK(arm.name == "a-1");
    CHECK(arm.settings == std::vector<std::string>{"training.snapshots=[1, 2]", "data.path=\"a,b\"",
                                                   "model.hidden=7", "data.dataset='x,]'"});
    const auto config = config_of(arm);
    CHECK(config.training.snapshots == std::vector<std::uint64_t>{1, 2});
    CHECK(config.data.path == "a,b");
    CHECK((config.model.values == KeyValues{{"hidden", std::int64_t{7}}}));
    for (const auto* text : {"", "a", "a:", ":model.hidden=7"}) {
        CHECK(test::message_of<ConfigError>([&] { parse_arm(text); }).find("NAME:section.key=value") !=
              std::string::npos);
    }
}

TEST_CASE("arms that cannot be compared are refused, each by its name and with what to do") {
    const Arm vanilla = arm_of_kind("none");
    const auto refused = [&](const Arm& arm, const std::string& reason) {
        CAPTURE(arm.name);
        const auto text = said({vanilla, arm});
        CAPTURE(text);
        CHECK(text.find(reason) != std::string::npos);
        CHECK(std::ranges::count(text, '\n') == 1);
    };
    CHECK(said({vanilla}).find("--arms none,gaussian") != std::string::npos);
    refused({"vanilla", {"model.hidden=7"}}, "arm vanilla: the name is there twice");
    refused({"twin", {"mollification.kind=none"}}, "arm twin: is the same training as vanilla");
    refused({"slow", {"mollification.kind=none", "threads.total=1"}}, "is the same training as vanilla");
    refused({"a/b", {"model.hidden=7"}}, "a name is made of letters");
    refused({"..", {"model.hidden=7"}}, "a name is made of letters");
    refused({"truth", {"model.hidden=7"}}, "a name is made of letters");
    refused({"other", {"data.set=drawn"}}, "tested on the same data set");
    refused({"other", {"training.seed=4", "model.hidden=7"}}, "takes its seeds from --seeds");
    refused({"other", {"model.hiden=7"}},
            "arm other: model.hiden: unknown key 'hiden', did you mean 'hidden'?");
    refused({"other", {"model.hidden"}}, "arm other: model.hidden: write it as section.key=value");
    refused({"other", {"pipeline.batch_size=0"}}, "arm other: pipeline.batch_size: must be at least 1");
}

TEST_CASE("what is wrong with every arm is not said again for each") {
    auto config = good();
    config.pipeline.batch_size = 0;
    CHECK(said(default_arms(), config).empty());
}
