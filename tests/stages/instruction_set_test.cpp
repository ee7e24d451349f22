#include <algorithm>

#include <doctest/doctest.h>

#include <mollify/stages/instruction_set.hpp>

using namespace mollify;

TEST_CASE("the scalar instruction set runs everywhere, and the one in use is supported") {
    const auto& sets = supported_instruction_sets();
    CHECK(sets.front() == InstructionSet::scalar);
    CHECK(std::find(sets.begin(), sets.end(), active_instruction_set()) != sets.end());
    CHECK(std::is_sorted(sets.begin(), sets.end()));
}
