#include <Random123/philox.h>
#include <doctest/doctest.h>
#undef philox4x32  // its macro, our function

#include <mollify/stages/kernel/philox.hpp>

TEST_CASE("Philox4x32-10 equals Random123's own on 10,000 counters and keys") {
    r123::Philox4x32 generator;
    std::size_t wrong = 0;
    mollify::PhiloxWords counter{1, 2, 3, 4};
    for (std::uint32_t k = 0; k < 10'000; ++k) {
        const mollify::PhiloxKey key{counter[2] ^ k, counter[0] + k};
        const r123::Philox4x32::ctr_type theirs =
            generator({{counter[0], counter[1], counter[2], counter[3]}}, {{key[0], key[1]}});
        counter = mollify::philox4x32(counter, key);
        for (int word = 0; word < 4; ++word) wrong += theirs[word] != counter[word];
    }
    CHECK(wrong == 0);
}
