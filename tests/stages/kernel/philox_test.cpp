#include <set>

#include <doctest/doctest.h>

#include <mollify/stages/kernel/philox.hpp>

using mollify::philox4x32;
using mollify::PhiloxWords;

TEST_CASE("Philox4x32-10 gives Random123's known answers") {
    CHECK(philox4x32({0, 0, 0, 0}, {0, 0}) == PhiloxWords{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    CHECK(philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}) ==
          PhiloxWords{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
          PhiloxWords{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("streams have the numbers that are promised, and no two uses the same") {
    using mollify::Stream;
    CHECK(static_cast<int>(Stream::mollify) == 0);
    CHECK(static_cast<int>(Stream::dequantize) == 1);
    CHECK(static_cast<int>(Stream::flip) == 2);
    CHECK(static_cast<int>(Stream::shuffle) == 3);
    CHECK(static_cast<int>(Stream::synthesize) == 4);
    CHECK(static_cast<int>(Stream::generators) == 5);
    CHECK(static_cast<int>(Stream::substitute) == 6);
    std::set<int> users;
    for (std::uint32_t number = 0; number < 128; ++number)
        users.insert(static_cast<int>(mollify::user_stream(number)));
    CHECK(users.size() == 128);
    CHECK(*users.begin() == 128);
    CHECK(*users.rbegin() == 255);  // a stream has eight bits of the counter
}
