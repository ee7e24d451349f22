#include <initializer_list>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <mollify/datasets/hdf5/lzf.hpp>

using mollify::hdf5::decompress_lzf;

namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values) {
    std::vector<std::byte> out;
    for (const int value : values) out.push_back(static_cast<std::byte>(value));
    return out;
}

std::string decompressed(std::initializer_list<int> stream, std::size_t most = 1000) {
    const auto out = decompress_lzf(bytes(stream), most);
    return out ? std::string(reinterpret_cast<const char*>(out->data()), out->size()) : "(no stream)";
}

}  // namespace

TEST_CASE("LZF's runs and references give back what was there, overlapping ones too") {
    CHECK(decompressed({}).empty());
    CHECK(decompressed({2, 'a', 'b', 'c'}) == "abc");
    CHECK(decompressed({2, 'a', 'b', 'c', 0x20, 2}) == "abcabc");  // three, three back
    CHECK(decompressed({0, 'a', 0x60, 0}) == "aaaaaa");            // five, one back
    CHECK(decompressed({1, 'a', 'b', 0xe0, 3, 1, 0, 'c'}) ==
          "ab" + std::string("abababababab") + "c");  // twelve
}

TEST_CASE("what is no LZF stream, or makes more than is allowed, is refused") {
    CHECK(decompressed({2, 'a', 'b'}) == "(no stream)");      // a run that is cut short
    CHECK(decompressed({0, 'a', 0x20}) == "(no stream)");     // a reference that is
    CHECK(decompressed({0, 'a', 0xe0, 3}) == "(no stream)");  // and a long one
    CHECK(decompressed({0, 'a', 0x20, 1}) == "(no stream)");  // before the beginning
    CHECK(decompressed({0, 'a', 0x60, 0}, 6) == "aaaaaa");
    CHECK(decompressed({0, 'a', 0x60, 0}, 5) == "(no stream)");
    CHECK(decompressed({2, 'a', 'b', 'c'}, 2) == "(no stream)");
}

TEST_CASE("any bytes are a stream of bounded size, or none") {
    CHECK(rc::check([](const std::vector<unsigned char>& input) {
        const std::span<const std::byte> stream(reinterpret_cast<const std::byte*>(input.data()),
                                                input.size());
        const auto out = decompress_lzf(stream, 500);
        RC_ASSERT(!out || out->size() <= 500);
        const auto all = decompress_lzf(stream, 88 * input.size());
        RC_ASSERT(!out || all == out);
    }));
}
