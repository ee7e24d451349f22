#pragma once
/// \file Real data that tests read where it is present: MOLLIFY_TEST_DATA, or ../shared/data beside the
/// project.

#include <cstdlib>
#include <filesystem>
#include <optional>

#include <mollify/tests/support/skip.hpp>

namespace mollify::test {

/// The path of a file or folder among the test data, or nothing where it is absent: the test is then
/// skipped, and ends early.
inline std::optional<std::filesystem::path> test_data(const std::filesystem::path& name) {
    const char* const given = std::getenv("MOLLIFY_TEST_DATA");  // NOLINT(concurrency-mt-unsafe): read only
    const auto root = given ? std::filesystem::path(given)
                            : std::filesystem::path(MOLLIFY_SOURCE_DIR).parent_path() / "shared" / "data";
    if (std::filesystem::exists(root / name)) return root / name;
    skip("no test data " + (root / name).string());
    return std::nullopt;
}

}  // namespace mollify::test
