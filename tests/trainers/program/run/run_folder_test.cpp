#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>

#include <mollify/stages/error.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/trainers/program/run/run_folder.hpp>

using namespace mollify;

TEST_CASE("a run that is refused for lack of room can be started again, as if it had never been") {
    const test::TemporaryFolder folder;
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto run = RunFolder::prepare(folder.path(), {}, /*resume=*/false);
        CHECK_THROWS_WITH_AS(run.require_room(std::uint64_t{1} << 62), doctest::Contains("--out"), DataError);
    }
}

TEST_CASE("a folder belongs to a run from the moment its configuration is written") {
    const test::TemporaryFolder folder;
    Config config;
    config.training.iterations = 1;
    RunFolder::prepare(folder.path(), config, /*resume=*/false).write_config();
    CHECK_THROWS_WITH_AS(RunFolder::prepare(folder.path(), config, false), doctest::Contains("--resume"),
                         ConfigError);
    CHECK(RunFolder::prepare(folder.path(), config, true).path() == folder.path());
    config.model.values["hidden"] = 9;
    CHECK_THROWS_WITH_AS(RunFolder::prepare(folder.path(), config, true), doctest::Contains("model.hidden"),
                         ConfigError);
}

TEST_CASE("a configuration that was damaged is told with its file") {
    const test::TemporaryFolder folder;
    const auto message = [&](const std::string& toml) {
        folder.write("config.toml", toml);
        return test::message_of<DataError>([&] { RunFolder::open(folder.path()); });
    };
    const auto file = (folder.path() / "config.toml").string();
    CHECK(message("[training]\niterations = 1\nlog_every = 0\n").starts_with(file + ": training.log_every"));
    CHECK(message("[training]\niterations = \n").starts_with(file + ": line 2"));
}
