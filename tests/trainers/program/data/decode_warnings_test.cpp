#include <doctest/doctest.h>

#include <mollify/trainers/program/data/decode_warnings.hpp>

using namespace mollify;

TEST_CASE("tolerated files are counted once each and named") {
    DecodeWarnings warnings;
    CHECK(warnings.text().empty());
    for (int epoch = 0; epoch < 3; ++epoch) {
        warnings.add("b.jpg", "junk");
        warnings.add("a.jpg", "more junk");
    }
    CHECK(warnings.files() == 2);
    CHECK(warnings.text() ==
          "2 files were read although the decoder complained: a.jpg (more junk), b.jpg (junk)");
    for (char name = 'c'; name <= 'z'; ++name) warnings.add(std::string(1, name), "junk");
    CHECK(warnings.text().starts_with("26 files "));
    CHECK(warnings.text().ends_with(", …"));
}
