#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>

#include <mollify/trainers/program/config/toml_value.hpp>

using namespace mollify;

namespace {

/// What `value` becomes by the text, and what was said about it.
std::pair<KeyValue, std::string> read(KeyValue value, const std::string& text) {
    const auto table = toml::parse("value = " + text);
    auto problem = assign(*table.get("value"), value);
    return {value, problem};
}

}  // namespace

TEST_CASE("a key of a model is read by the type that it has, and printed so that it reads back") {
    for (const KeyValue& value :
         {KeyValue(-3), KeyValue(4.0), KeyValue(0.1 + 0.2), KeyValue(true), KeyValue("a \"b\" 'c' \\d")}) {
        CAPTURE(text(value));
        const auto [again, problem] = read(value, text(value));
        CHECK(problem.empty());
        CHECK((again == value));
    }
    CHECK(read(1.0, "4").first == KeyValue(4.0));
    CHECK((read(1, "4.5") == std::pair<KeyValue, std::string>(1, "must be a whole number")));
    CHECK((read(true, "1") == std::pair<KeyValue, std::string>(true, "must be true or false")));
    CHECK((read("x", "1") == std::pair<KeyValue, std::string>("x", "must be a text in quotes")));
    CHECK((read(1.0, "inf") == std::pair<KeyValue, std::string>(1.0, "must be finite")));
}

TEST_CASE("a list with a wrong number in it leaves the one before") {
    std::vector<std::uint64_t> value{7};
    const auto table = toml::parse("value = [1, -2]");
    CHECK_FALSE(assign(*table.get("value"), value).empty());
    CHECK(value == std::vector<std::uint64_t>{7});
}
