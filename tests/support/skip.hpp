#pragma once
/// \file Tests that need what may not be there.

#include <string>

#include <doctest/doctest.h>

namespace mollify::test {

/// What the program exits with where no test failed and one was skipped: CTest calls that "Skipped".
inline constexpr int kSkipped = 77;

inline bool any_skipped = false;

/// Says in the test's output why the test ends early, before its first assertion, and makes it count as skipped.
inline void skip(const std::string& reason) {
    MESSAGE("skipped: ", reason);
    any_skipped = true;
}

}  // namespace mollify::test
