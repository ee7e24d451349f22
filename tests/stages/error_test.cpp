#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/stages/error.hpp>

using namespace mollify;

TEST_CASE("a data error names the file, the place and the remedy") {
    const DataError error("a.csv", "line 3, column 2", "'x' is not a number", "mend or remove the line");
    CHECK(std::string(error.what()) ==
          "a.csv: line 3, column 2: 'x' is not a number (mend or remove the line)");
}

TEST_CASE("a configuration error tells all problems at once") {
    const ConfigError error(std::vector<std::string>{"a is 0", "b is negative"});
    CHECK(error.problems().size() == 2);
    CHECK(std::string(error.what()).find("a is 0") != std::string::npos);
    CHECK(std::string(error.what()).find("b is negative") != std::string::npos);
}

TEST_CASE("a misspelt name gets the nearest right one suggested, a strange one none") {
    CHECK(suggestion("redwne", {"redwine", "whitewine"}) == ", did you mean 'redwine'?");
    CHECK(suggestion("zebra", {"redwine", "whitewine"}).empty());
}
