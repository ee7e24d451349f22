#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <mollify/stages/error.hpp>
#include <mollify/stages/gaussian.hpp>
#include <mollify/stages/kernel/philox.hpp>

using namespace mollify;

namespace {

std::vector<float> normals(std::size_t count, const NoiseAddress& address,
                           InstructionSet set = active_instruction_set()) {
    std::vector<float> out(count);
    fill_normals(out, address, set);
    return out;
}

bool same_bits(std::span<const float> a, std::span<const float> b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0);
}

struct ExactNormal {
    long double value;      ///< from the words
    long double quantized;  ///< from the words' floats
    long double radius;
};

/// Element e of a sample as the definition says, but in long double and with the C library's functions.
ExactNormal exact_normal(std::size_t element, const NoiseAddress& address) {
    const std::size_t place = element % 64;
    const auto block = static_cast<std::uint32_t>(element / 64 * 16 + place % 16);
    const auto words = philox4x32(philox_counter(Stream::mollify, address.iteration, address.sample, block),
                                  philox_key(address.seed));
    const std::size_t j = place / 16;
    const auto a = std::bit_cast<std::int32_t>(words[j / 2 * 2] | 1);
    const auto b = std::bit_cast<std::int32_t>(words[j / 2 * 2 + 1]);
    const auto radius = [](long double u) { return std::sqrt(-2 * std::log(std::abs(u) * 0x1p-31L)); };
    const auto normal = [&](long double u, long double y) {
        const long double angle = std::numbers::pi_v<long double> / 2 * y * 0x1p-31L;
        return j % 2 == 0 ? std::copysign(radius(u) * std::cos(angle), u) : radius(u) * std::sin(angle);
    };
    return {normal(a, b), normal(static_cast<float>(a), static_cast<float>(b)), radius(a)};
}

/// 64-bit FNV-1a of the bytes of `values`, as on a little-endian machine.
std::uint64_t digest(std::span<const float> values) {
    std::uint64_t hash = 0xCBF29CE484222325;
    for (const float value : values) {
        const auto bits = std::bit_cast<std::uint32_t>(value);
        for (int byte = 0; byte < 4; ++byte) hash = (hash ^ (bits >> (8 * byte) & 0xFF)) * 0x100000001B3;
    }
    return hash;
}

/// A random sample with everything that the pass takes.
struct Case {
    std::size_t channels, plane;
    std::vector<std::uint8_t> bytes;
    std::vector<float> values, scale, shift;
    Mix mix;
    NoiseAddress address;

    std::size_t elements() const { return channels * plane; }
    AffineView affine() const { return {scale, shift, plane}; }
};

Case any_case() {
    Case any;
    any.channels = *rc::gen::inRange<std::size_t>(1, 20);
    any.plane = *rc::gen::element<std::size_t>(1, 2, 15, 16, 17, 63, 64, 65, 100, 128, 784, 900, 1024);
    any.address = {*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::inRange<std::uint64_t>(0, kAddressLimit),
                   *rc::gen::inRange<std::uint64_t>(0, kAddressLimit)};
    any.mix = Mix::at_level(*rc::gen::element(0.0, 1e-9, 0.25, 0.7, 1.0));
    const auto noise = normals(any.elements(), {any.address.seed + 1, 0, 0});
    for (const float z : noise) {
        any.values.push_back(3 * z);
        any.bytes.push_back(static_cast<std::uint8_t>(std::clamp(128 + 60 * z, 0.0f, 255.0f)));
    }
    for (std::size_t c = 0; c < any.channels; ++c) {
        any.scale.push_back(0.01f * static_cast<float>(c + 1));
        any.shift.push_back(0.5f - static_cast<float>(c));
    }
    return any;
}

}  // namespace

TEST_CASE("every normal is within 1e-6 of Box and Muller's in extended precision from the same uniforms") {
    long double worst = 0;
    std::size_t beyond_quantization = 0;
    for (const NoiseAddress& address :
         {NoiseAddress{}, {7, 30'000, 49'999}, {~0ull, (1ull << 44) - 1, (1ull << 44) - 1}}) {
        const auto z = normals(300'000, address);
        for (std::size_t e = 0; e < z.size(); ++e) {
            const ExactNormal exact = exact_normal(e, address);
            worst = std::max(worst, std::abs(z[e] - exact.quantized));
            // A float near 1 has a grid of 2^-24: ln u is off by 2^-25, the radius by that over the radius.
            const long double quantization = 0x1p-24L / std::max(exact.radius, 0x1p-12L);
            beyond_quantization += std::abs(z[e] - exact.value) > 1e-6L + quantization;
        }
    }
    MESSAGE("largest error of 900,000 normals: " << static_cast<double>(worst));
    CHECK(worst < 1e-6L);
    CHECK(beyond_quantization == 0);
}

TEST_CASE("the noise of mollify-1 never changes") {
    CHECK(std::string(kAlgorithmVersion) == "mollify-1");
    std::vector<float> all;
    for (const NoiseAddress& address :
         {NoiseAddress{0, 0, 0}, {7, 1, 2}, {0x0123456789ABCDEF, 0x0FEDCBA9876, 0x0ABCDEF0123}}) {
        const auto z = normals(100'000, address);
        all.insert(all.end(), z.begin(), z.end());
    }
    CHECK(digest(all) == 0x89E68A09EA924D75);
}

TEST_CASE("all instruction sets of this machine give the same bits, for every shape, level and address") {
    for (const InstructionSet set : supported_instruction_sets())
        MESSAGE("runs " << std::string(to_string(set)));
    CHECK(rc::check([] {
        const Case any = any_case();
        std::vector<float> expected(any.elements()), out(any.elements());
        const auto scalar = InstructionSet::scalar;
        mollify_sample(std::span<const std::uint8_t>(any.bytes), expected, any.affine(), any.mix, any.address,
                       scalar);
        for (const InstructionSet set : supported_instruction_sets()) {
            mollify_sample(std::span<const std::uint8_t>(any.bytes), out, any.affine(), any.mix, any.address,
                           set);
            RC_ASSERT(same_bits(out, expected));
        }
        mollify_sample(std::span<const float>(any.values), expected, any.affine(), any.mix, any.address,
                       scalar);
        for (const InstructionSet set : supported_instruction_sets()) {
            mollify_sample(std::span<const float>(any.values), out, any.affine(), any.mix, any.address, set);
            RC_ASSERT(same_bits(out, expected));
        }
    }));
}

TEST_CASE("the pass computes fma(alpha, fma(scale, x, shift), sigma·e), one pass or two, in place or not") {
    CHECK(rc::check([] {
        const Case any = any_case();
        const auto noise = normals(any.elements(), any.address);
        std::vector<float> fused(any.elements()), steps(any.elements());
        mollify_sample(std::span<const float>(any.values), fused, any.affine(), any.mix, any.address);
        for (std::size_t e = 0; e < fused.size(); ++e) {
            const std::size_t c = e / any.plane;
            const float x = std::fma(any.scale[c], any.values[e], any.shift[c]);
            const float mixed = any.mix.is_clean() ? x : std::fma(any.mix.alpha, x, any.mix.sigma * noise[e]);
            RC_ASSERT(std::bit_cast<std::uint32_t>(fused[e]) == std::bit_cast<std::uint32_t>(mixed));
        }
        mollify_sample(std::span<const float>(any.values), steps, any.affine(), {}, any.address);
        mollify_sample(std::span<const float>(steps), steps, {}, any.mix, any.address);
        RC_ASSERT(same_bits(steps, fused));

        mollify_sample(std::span<const std::uint8_t>(any.bytes), fused, any.affine(), any.mix, any.address);
        steps.assign(any.bytes.begin(), any.bytes.end());
        mollify_sample(std::span<const float>(steps), steps, any.affine(), any.mix, any.address);
        RC_ASSERT(same_bits(steps, fused));
    }));
}

TEST_CASE(
    "nothing is written outside a sample, and an element's noise does not depend on the sample's size") {
    const auto longest = normals(400, {5, 6, 7});
    for (const InstructionSet set : supported_instruction_sets()) {
        for (std::size_t size = 0; size <= 400; ++size) {
            std::vector<float> room(size + 32, 42.0f);
            fill_normals(std::span(room).subspan(16, size), {5, 6, 7}, set);
            const bool guarded = std::count(room.begin(), room.begin() + 16, 42.0f) == 16 &&
                                 std::count(room.end() - 16, room.end(), 42.0f) == 16;
            CHECK(guarded);
            CHECK(same_bits(std::span(room).subspan(16, size), std::span(longest).first(size)));
        }
    }
}

TEST_CASE("the last channel may be cut short, and nothing is written behind it") {
    const std::vector<float> scale(20, 2.0f), shift(20, 1.0f), in(400, 3.0f);
    const Mix mix = Mix::at_level(0.25);
    const auto noise = normals(in.size(), {5, 6, 7});
    for (const InstructionSet set : supported_instruction_sets()) {
        for (const std::size_t plane : {20, 63, 64, 100, 300}) {
            for (std::size_t size = 1; size <= in.size(); ++size) {
                std::vector<float> room(size + 64, 42.0f);
                mollify_sample(std::span(in).first(size), std::span(room).first(size), {scale, shift, plane},
                               mix, {5, 6, 7}, set);
                std::size_t wrong = 0;
                for (std::size_t e = 0; e < size; ++e)
                    wrong += room[e] != std::fma(mix.alpha, 7.0f, mix.sigma * noise[e]);
                CAPTURE(size);
                CHECK(wrong == 0);
                CHECK(std::count(room.begin() + static_cast<std::ptrdiff_t>(size), room.end(), 42.0f) == 64);
            }
        }
    }
}

TEST_CASE("an identity without noise returns every bit pattern that is a number, -0 included") {
    std::vector<float> in{-0.0f, 0.0f, 1.0f, -3.5f, 1e-45f, INFINITY, 3.4e38f};
    std::vector<float> out(in.size());
    for (const InstructionSet set : supported_instruction_sets()) {
        mollify_sample(std::span<const float>(in), out, {}, {}, {}, set);
        CHECK(same_bits(out, in));
    }
}

TEST_CASE("each bit of seed, iteration and sample id makes other noise") {
    const auto base = normals(64, {1, 2, 3});
    for (int bit = 0; bit < 64; ++bit) CHECK_FALSE(same_bits(base, normals(64, {1 ^ 1ull << bit, 2, 3})));
    for (int bit = 0; bit < 44; ++bit) {
        CHECK_FALSE(same_bits(base, normals(64, {1, 2 ^ 1ull << bit, 3})));
        CHECK_FALSE(same_bits(base, normals(64, {1, 2, 3 ^ 1ull << bit})));
    }
}

TEST_CASE("an address without random numbers and sizes that do not fit are errors that say so") {
    std::vector<float> out(8);
    CHECK_THROWS_WITH_AS(fill_normals(out, {0, kAddressLimit, 0}),
                         doctest::Contains("iteration 17592186044416"), Error);
    CHECK_THROWS_WITH_AS(fill_normals(out, {0, 0, kAddressLimit}), doctest::Contains("17592186044416"),
                         SampleError);
    const std::vector<float> in(9), two(2);
    CHECK_THROWS_AS(mollify_sample(std::span<const float>(in), out, {}, {}, {}), Error);
    CHECK_THROWS_AS(mollify_sample(std::span<const float>(in).first(8), out, {two, two, 3}, {}, {}), Error);
}
