#include <set>

#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>

#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/trainers/program/config/config_text.hpp>
#include <mollify/trainers/program/config/fields.hpp>

using namespace mollify;

namespace {

// Each gives another value of the type.
void change(std::string& value) { value += "x"; }
void change(bool& value) { value = !value; }
void change(double& value) { value += 0.125; }
void change(std::int64_t& value) { ++value; }
void change(std::uint64_t& value) { ++value; }
void change(std::optional<double>& value) { value = value ? *value + 0.125 : 0.125; }
void change(std::vector<std::uint64_t>& value) { value.push_back(17); }
void change(Curve& value) { value = value == Curve::linear ? Curve::sigmoid : Curve::linear; }
void change(Clock& value) { value = value == Clock::epoch ? Clock::iteration : Clock::epoch; }
void change(BadSamplePolicy& value) {
    value = value == BadSamplePolicy::skip ? BadSamplePolicy::fail : BadSamplePolicy::skip;
}
void change(KeyValue& value) {
    std::visit([](auto& typed) { change(typed); }, value);
}

struct Changed {
    Config config;
    Field field;
};

/// `config` with each key in turn changed.
std::vector<Changed> changed_in_turn(const Config& config) {
    std::vector<Changed> out;
    std::size_t count = 0;
    for_each_field(config, [&](const Field&, const auto&) { ++count; });
    for (std::size_t index = 0; index < count; ++index) {
        auto& [other, changed] = out.emplace_back(Changed{config, {"", "", ""}});
        std::size_t i = 0;
        for_each_field(other, [&, &field = changed](const Field& visited, auto& value) {
            // The kind comes before its keys, whose number differs from kind to kind.
            if (i++ != index || visited.name() == "model.kind") return;
            change(value);
            field = visited;
        });
        if (std::string(changed.key).empty()) out.pop_back();
    }
    return out;
}

Config of_kind(const std::string& kind) {
    Config config;
    config.model.kind = kind;
    return config;
}

}  // namespace

TEST_CASE(
    "every key, changed alone, changes the digest and the differences, or is one that decides nothing") {
    std::set<std::string> decides_nothing;
    for (const auto* kind : model_kinds()) {
        const auto config = of_kind(kind->name());
        for (const auto& [other, field] : changed_in_turn(config)) {
            CAPTURE(field.name());
            const bool decides = field.decides == Decides::results;
            if (!decides) decides_nothing.insert(field.name());
            CHECK((digest(other) != digest(config)) == decides);
            const auto lines = differences(config, other);
            REQUIRE(lines.size() == (decides ? 1 : 0));
            if (decides) CHECK(lines[0].starts_with(field.name() + ": "));
        }
        for (const auto* other : model_kinds()) {
            if (other == kind) continue;
            CHECK(digest(of_kind(other->name())) != digest(config));
            CHECK(differences(config, of_kind(other->name()))[0].starts_with("model.kind: "));
        }
    }
    CHECK(decides_nothing ==
          std::set<std::string>{"data.path", "data.columns", "data.header", "data.delimiter", "data.decimal",
                                "data.strict", "pipeline.bad_samples", "pipeline.bad_budget",
                                "pipeline.in_flight", "training.device", "training.log_every",
                                "training.checkpoint_seconds", "training.max_skips", "evaluation.samples",
                                "threads.total", "threads.math", "threads.pipeline"});
}

TEST_CASE("every key, changed alone, is printed and read back, by a file and by a setting") {
    const test::TemporaryFolder folder;
    for (const auto* kind : model_kinds()) {
        for (const auto& [config, field] : changed_in_turn(of_kind(kind->name()))) {
            CAPTURE(field.name());
            const auto text = to_toml(config);
            CHECK(text != to_toml(of_kind(kind->name())));
            const auto read = resolve_config({"", folder.write("config.toml", text), {}});
            CHECK(read.problems.empty());
            CHECK(to_toml(read.config) == text);

            const auto line = text.substr(text.find("\n" + std::string(field.key) + " = ",
                                                    text.find("[" + std::string(field.section) + "]")) +
                                          1);
            auto value = line.substr(line.find(" = ") + 3);
            value = value.substr(0, std::min(value.find("  #"), value.find('\n')));
            value.erase(value.find_last_not_of(' ') + 1);
            const auto set = resolve_config({"",
                                             folder.write("usual.toml", to_toml(of_kind(kind->name()))),
                                             {field.name() + "=" + value}});
            CHECK(set.problems.empty());
            CHECK(to_toml(set.config) == text);
        }
    }
}

TEST_CASE("no key is there twice") {
    for (const auto* kind : model_kinds()) {
        std::set<std::string> names;
        const auto config = of_kind(kind->name());
        for_each_field(config, [&](const Field& field, const auto&) {
            CAPTURE(field.name());
            CHECK(names.insert(field.name()).second);
        });
    }
}
