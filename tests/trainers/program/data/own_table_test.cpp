/// \file An own table on its way from a file and settings to a data set.

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>

#include <mollify/stages/error.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/trainers/program/config/config_text.hpp>
#include <mollify/trainers/program/data/data.hpp>

using namespace mollify;
using mollify::test::message_of;

namespace {

namespace fs = std::filesystem;

/// With the configuration that the settings make, as the program does.
Data open(const fs::path& path, std::vector<std::string> settings = {}) {
    settings.insert(settings.begin(),
                    {"data.set=table", "training.iterations=1", "data.path=" + path.string()});
    auto [config, found] = resolve_config({.preset = "", .file = {}, .settings = settings});
    for (const auto& problem : problems(config)) found.push_back(problem);
    if (!found.empty()) throw ConfigError(found);
    return open_data(config.data);
}

fs::path golden(const std::string& name) {
    return fs::path(MOLLIFY_SOURCE_DIR) / "tests" / "golden" / "cases" / name;
}

/// All facts of this name, a line each.
std::string fact(const Data& data, const std::string& name) {
    std::string text;
    for (const auto& [what, value] : data.facts) {
        if (what == name) text += value + "\n";
    }
    return text;
}

/// x, y and z of 30 rows, and a text.
std::string text_of(char delimiter, const std::string& header) {
    std::string text = header;
    for (int row = 0; row < 30; ++row) {
        text += std::to_string(row * row % 7);
        text += delimiter + std::to_string(row % 5) + ".5" + delimiter + std::to_string(row % 3 - 1);
        text += delimiter + std::string("red\n");
    }
    return text;
}

}  // namespace

TEST_CASE("each setting of an own table reaches the reader, and changes the data") {
    const test::TemporaryFolder folder;
    const auto file = folder.write("mine.TXT", text_of(';', "x;y;z;colour\n"));
    const auto refused = message_of([&] { open(file); });
    CHECK(refused.find("without numbers: 'colour' (column 4)") != std::string::npos);
    REQUIRE(refused.find("--set data.columns=1-3)") != std::string::npos);

    const Data all = open(file, {"data.columns=1-3"});
    CHECK(fact(all, "columns") == "x, y, z\n");
    CHECK(all.shape == SampleShape::features(3));
    CHECK(open(file, {"data.columns=x,y,z"}).train->fingerprint() == all.train->fingerprint());
    // One position alone looks like a number of a configuration.
    CHECK(fact(open(file, {"data.columns=2"}), "columns") == "y\n");
    CHECK(open(file, {"data.columns=z,y,x"}).train->fingerprint() != all.train->fingerprint());

    CHECK(open(file, {"data.columns=1-3", "data.header=skip"}).train->fingerprint() ==
          all.train->fingerprint());
    CHECK(fact(open(file, {"data.columns=1-3", "data.header=skip"}), "columns").empty());
    CHECK(message_of([&] {
              open(file, {"data.columns=1-3", "data.header=no"});
          }).find("'x' is not a number") != std::string::npos);
    const auto bare = folder.write("bare.csv", text_of(';', ""));
    const auto rows = [](const Data& data) {
        return data.train->size() + data.validation->size() + data.test->size();
    };
    CHECK(rows(open(bare, {"data.columns=1-3"})) == 30);
    CHECK(rows(open(bare, {"data.columns=1-3", "data.header=yes"})) == 29);

    for (const char* const delimiter : {"semicolon", ";", "auto"}) {
        CHECK(open(file, {"data.columns=1-3", std::string("data.delimiter=") + delimiter})
                  .train->fingerprint() == all.train->fingerprint());
    }
    CHECK_THROWS_AS(open(file, {"data.columns=1-3", "data.delimiter=tab"}), DataError);
    auto commas = text_of(';', "x;y;z;colour\n");
    std::ranges::replace(commas, '.', ',');
    const auto comma = folder.write("comma.csv", commas);
    CHECK(message_of([&] { open(comma, {"data.columns=1-3"}); }).find("--set data.decimal=,") !=
          std::string::npos);
    CHECK(open(comma, {"data.columns=1-3", "data.decimal=,"}).train->fingerprint() ==
          all.train->fingerprint());
}

TEST_CASE("settings for tables that cannot act are told before anything is read") {
    const auto problem = [](std::vector<std::string> settings) {
        return message_of<ConfigError>([&] { open("none.csv", settings); });
    };
    const auto words = problem({"data.header=maybe", "data.delimiter=coma", "data.decimal=;"});
    CHECK(words.find("data.header: unknown value 'maybe'") != std::string::npos);
    CHECK(words.find("data.delimiter: unknown value 'coma', did you mean 'comma'?") != std::string::npos);
    CHECK(words.find("data.decimal: unknown value ';'") != std::string::npos);
    CHECK(problem({"data.delimiter=comma", "data.decimal=,"}).find("both are ','") != std::string::npos);
    for (const char* const setting :
         {"data.columns=1", "data.header=no", "data.delimiter=tab", "data.decimal=,"}) {
        CHECK(problem({"data.set=drawn", setting}).find("they are for data.set = table") !=
              std::string::npos);
    }
    CHECK(message_of<ConfigError>([] {
              open(golden("T00-reference/ref.npy"), {"data.decimal=,"});
          }).find("data.decimal: '") != std::string::npos);
}

TEST_CASE("what is dropped, passed over or likely no data is a note among the facts") {
    CHECK(fact(open(golden("T00-reference/ref.csv")), "note").empty());
    CHECK(fact(open(golden("T00-reference/ref.csv")), "columns") == "alpha, beta, gamma, delta\n");
    CHECK(fact(open(golden("T05-trailing-delimiter/both.csv")), "note").find("dropped") != std::string::npos);
    const auto index = golden("T10-index-column/pandas.csv");
    CHECK(fact(open(index), "note").find("--set data.columns=2-5") != std::string::npos);
    CHECK(fact(open(index), "columns") == "(no name), alpha, beta, gamma, delta\n");
    CHECK(open(index, {"data.columns=2-5"}).train->fingerprint() ==
          open(golden("T00-reference/ref.csv")).train->fingerprint());
}

TEST_CASE("the first bytes of an own table tell its format, in every spelling of its name") {
    const auto values = open(golden("T00-reference/ref.npy")).train->fingerprint();
    const test::TemporaryFolder folder;
    for (const char* const name : {"a.NPY", "a.csv", "a.h5"}) {
        fs::copy_file(golden("T00-reference/ref.npy"), folder / name);
        CHECK(open(folder / name).train->fingerprint() == values);
    }
    for (const char* const name : {"b.H5", "b.hdf5", "b.csv"}) {
        fs::copy_file(golden("T31-uci-real/BSDS300_like.hdf5"), folder / name);
        const Data data = open(folder / name, {"data.dataset=train"});
        CHECK(data.shape.elements() > 2);
        CHECK(open(folder / name, {"data.dataset=train", "data.columns=1-2"}).shape ==
              SampleShape::features(2));
        CHECK_THROWS_AS(open(folder / name, {"data.dataset=train", "data.header=no"}), ConfigError);
    }
    CHECK(message_of([&] { open(folder.write("c.csv", "\x1F\x8B\x08")); }).find("is compressed by gzip") !=
          std::string::npos);
}

TEST_CASE("a constant column is named by its place in the file, with the setting that leaves it out") {
    const test::TemporaryFolder folder;
    std::string text = "d,a,b,c\n";
    for (int row = 0; row < 20; ++row)
        text += "x," + std::to_string(row % 7) + ",5," + std::to_string(row % 3) + "\n";
    const auto file = folder.write("a.csv", text);
    CHECK(message_of([&] { open(file, {"data.columns=2-4"}); }).find("'b' (column 3): all") !=
          std::string::npos);
    CHECK(message_of([&] { open(file, {"data.columns=2-4"}); }).find("--set data.columns=2,4)") !=
          std::string::npos);
    CHECK(fact(open(file, {"data.columns=2,4"}), "columns") == "a, c\n");
}
