#include <limits>

#include <doctest/doctest.h>

#include <mollify/datasets/storage/memory.hpp>
#include <mollify/tests/support/errors.hpp>

using namespace mollify;

TEST_CASE("numbers of bytes are told in words") {
    CHECK(bytes_in_words(0) == "0 bytes");
    CHECK(bytes_in_words(999) == "999 bytes");
    CHECK(bytes_in_words(1500) == "1.5 kB");
    CHECK(bytes_in_words(12'000'000'000) == "12.0 GB");
    CHECK(bytes_in_words(std::numeric_limits<std::uint64_t>::max()) == "18.4 EB");
}

TEST_CASE("what is announced is held against what there is") {
    CHECK(available_memory() > 1'000'000);
    CHECK(available_memory() < std::uint64_t{1} << 50);
    require_memory("a", "b", 1000, "c", "d");
    CHECK(test::message_of([] {
              require_memory("a.h5", "set", std::uint64_t{1} << 60, "a table", "use a part of it");
          }).starts_with("a.h5: set: a table takes 1.2 EB of memory, and "));
}
