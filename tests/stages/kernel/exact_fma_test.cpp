/// Compiled with -msse4.2 where the processor's family has it (tests/stages/CMakeLists.txt), so that std::fma
/// is the C library's and the vector's fma is ours.
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/stages/instruction_set.hpp>
#include <mollify/stages/kernel/exact_fma.hpp>
#include <mollify/stages/kernel/philox.hpp>
#if defined(__SSE4_2__)
#include <mollify/stages/kernel/vector_sse42.hpp>
#endif

using namespace mollify;

namespace {

bool same(float a, float b) {
    return (std::isnan(a) && std::isnan(b)) ||
           std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

bool four_agree([[maybe_unused]] const float* a, [[maybe_unused]] const float* b,
                [[maybe_unused]] const float* c) {
#if defined(__SSE4_2__)
    using kernel::Sse42;
    if (supported_instruction_sets().size() < 2) return true;
    float out[4];
    Sse42::store(out, Sse42::fma(Sse42::load(a), Sse42::load(b), Sse42::load(c)));
    for (int lane = 0; lane < 4; ++lane) {
        if (!same(out[lane], std::fma(a[lane], b[lane], c[lane]))) return false;
    }
#endif
    return true;
}

}  // namespace

TEST_CASE("the software fma equals the C library's on a million random bit patterns and near-cancellations") {
    std::size_t wrong = 0;
    for (std::uint32_t k = 0; k < 250'000; ++k) {
        float a[4], b[4], c[4];
        for (std::uint32_t lane = 0; lane < 4; ++lane) {
            const auto words = philox4x32({k, lane, 0, 0}, {1, 2});
            a[lane] = std::bit_cast<float>(words[0]);
            b[lane] = std::bit_cast<float>(words[1]);
            // c: any bits, or exponents near the product's, or the negated product with its last bits
            // changed.
            const float product = a[lane] * b[lane];
            const auto bits = std::bit_cast<std::uint32_t>(product);
            switch (words[3] % 4) {
                case 0:
                    c[lane] = std::bit_cast<float>(words[2]);
                    break;
                case 1:
                    c[lane] = std::bit_cast<float>((bits & 0xFF800000) ^ (words[2] & 0x807FFFFF));
                    break;
                case 2:
                    c[lane] = -std::bit_cast<float>(bits + words[2] % 3 - 1);
                    break;
                default:
                    c[lane] = std::ldexp(product, static_cast<int>(words[2] % 60) - 30);
                    break;
            }
            wrong += !same(kernel::exact_fma(a[lane], b[lane], c[lane]), std::fma(a[lane], b[lane], c[lane]));
        }
        wrong += !four_agree(a, b, c);
    }
    CHECK(wrong == 0);
}

TEST_CASE("the software fma equals the C library's on ties, subnormals, zeros, infinities and NaN") {
    const float tiny = 0x1p-149f;
    const float numbers[] = {0.0f,          -0.0f,          1.0f,       -1.0f,           1 + 0x1p-23f,
                             1 - 0x1p-24f,  0x1p-12f,       tiny,       -3 * tiny,       0x1p-126f,
                             0x1p-75f,      0x1.8p-75f,     0x1p-24f,   0x1.000002p-24f, 3e38f,
                             -3e38f,        0x1p64f,        INFINITY,   -INFINITY,       NAN,
                             0x1.fffffep0f, 0x1p-25f,       -0x1p-25f,  0x1p-50f,        0x1.fffffep-64f,
                             0x1.000002p0f, 0x1.fffffep-1f, 16777217.0f};
    std::size_t wrong = 0;
    for (const float a : numbers) {
        for (const float b : numbers) {
            for (const float c : numbers) {
                wrong += !same(kernel::exact_fma(a, b, c), std::fma(a, b, c));
                const float as[] = {a, b, 1, c}, bs[] = {b, 1, c, a}, cs[] = {c, a, b, 0x1p-149f};
                wrong += !four_agree(as, bs, cs);
            }
        }
    }
    CHECK(wrong == 0);
}
