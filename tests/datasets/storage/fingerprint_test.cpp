#include <cstddef>
#include <span>
#include <string_view>

#include <doctest/doctest.h>

#include <mollify/datasets/storage/fingerprint.hpp>

using namespace mollify;

namespace {
std::string hash(std::string_view text) { return Fingerprint().add(std::as_bytes(std::span(text))).hex(); }
}  // namespace

// The published test vectors of 64-bit FNV-1a.
TEST_CASE("the fingerprint of bytes is 64-bit FNV-1a") {
    CHECK(hash("") == "cbf29ce484222325");
    CHECK(hash("a") == "af63dc4c8601ec8c");
    CHECK(hash("foobar") == "85944171f73967e8");
}

TEST_CASE("texts and numbers are told apart by their lengths and their order") {
    CHECK(Fingerprint().add("ab").add("c").hex() != Fingerprint().add("a").add("bc").hex());
    CHECK(Fingerprint().add(1).add(2).hex() != Fingerprint().add(2).add(1).hex());
    CHECK(Fingerprint().add(0x0807060504030201).hex() == hash("\x01\x02\x03\x04\x05\x06\x07\x08"));
}
