#include <algorithm>
#include <cstring>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <mollify/stages/instruction_set.hpp>
#include <mollify/tests/stages/kernel/emulated/avx512.hpp>
#include <mollify/tests/support/skip.hpp>

using namespace mollify;
using namespace mollify::kernel;

namespace {

template <class In>
void check_same_bits(const std::vector<In>& in, std::size_t plane, const Start& start, float alpha,
                     float sigma, void (*emulated)(const Row<In>&, const Start&),
                     void (*scalar)(const Row<In>&, const Start&)) {
    std::vector<float> scale, shift;
    for (std::size_t channel = 0; channel <= in.size() / plane; ++channel) {
        scale.push_back(0.01f * static_cast<float>(channel + 1));
        shift.push_back(0.5f - static_cast<float>(channel));
    }
    std::vector<float> out(in.size()), expected(in.size());
    const auto row = [&](std::vector<float>& to) {
        return Row<In>{in.data(), to.data(), in.size(), plane, scale.data(), shift.data(), alpha, sigma};
    };
    emulated(row(out), start);
    scalar(row(expected), start);
    RC_ASSERT(std::memcmp(out.data(), expected.data(), out.size() * sizeof(float)) == 0);
}

}  // namespace

TEST_CASE("the AVX-512 kernel gives the scalar kernel's bits, its instructions emulated") {
    const auto& sets = supported_instruction_sets();
    if (std::find(sets.begin(), sets.end(), InstructionSet::avx2) == sets.end()) {
        test::skip("the emulation needs AVX2 and FMA");
        return;
    }
    CHECK(rc::check([] {
        const auto size = *rc::gen::inRange<std::size_t>(1, 700);
        const auto plane = *rc::gen::element<std::size_t>(1, 2, 15, 16, 17, 64, 100, 1024);
        const auto words =
            *rc::gen::container<std::vector<std::uint32_t>>(5, rc::gen::arbitrary<std::uint32_t>());
        const Start start{{0, words[0], words[1], words[2]}, {words[3], words[4]}};
        const auto bytes =
            *rc::gen::container<std::vector<std::uint8_t>>(size, rc::gen::arbitrary<std::uint8_t>());
        std::vector<float> values;
        for (const auto byte : bytes) values.push_back(0.37f * byte - 40);
        const auto& emulated = test::kEmulatedAvx512;
        const auto& scalar = kernel::kernel(InstructionSet::scalar);
        check_same_bits(bytes, plane, start, 0.8f, 0.6f, emulated.mollify_bytes, scalar.mollify_bytes);
        check_same_bits(values, plane, start, 0.8f, 0.6f, emulated.mollify_values, scalar.mollify_values);
        check_same_bits(bytes, plane, start, 1, 0, emulated.dequantize, scalar.dequantize);
    }));
}
