#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/stages/dequantize.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/kernel/kernel.hpp>
#include <mollify/stages/kernel/philox.hpp>
#include <mollify/stages/stage.hpp>

using namespace mollify;

static_assert(Stage<Dequantize> && FormatStage<Dequantize> && NamedStage<Dequantize>);

namespace {

void fill(Batch& batch, Iteration iteration, const std::vector<SampleId>& ids) {
    batch.admit(iteration, 0, ids);
    const auto bytes = batch.bytes();
    for (std::size_t e = 0; e < bytes.size(); ++e) bytes[e] = static_cast<std::uint8_t>(e * 37);
    batch.set_content(Content::bytes);
}

}  // namespace

TEST_CASE(
    "a dequantized byte stays in its cell of the unit range, by its word of the definition, at every size") {
    for (const SampleShape shape : {SampleShape{1, 1, 1}, {3, 30, 30}, {3, 32, 32}, {11, 1, 1}}) {
        Batch batch({.capacity = 2, .shape = shape, .bytes = true, .values = true});
        fill(batch, 12, {5, 900});
        Dequantize{77}(batch);
        CHECK(batch.content() == Content::values);
        std::size_t wrong = 0;
        for (std::size_t row = 0; row < 2; ++row) {
            for (std::size_t e = 0; e < shape.elements(); ++e) {
                const auto block = static_cast<std::uint32_t>(e / 64 * 16 + e % 16);
                const auto words = philox4x32(philox_counter(Stream::dequantize, 12, batch.ids()[row], block),
                                              philox_key(77));
                const double u = (words[e % 64 / 16] >> 16) * 0x1p-16;
                const double exact = (batch.bytes(row)[e] + u) / 256;
                wrong += batch.values(row)[e] != exact;
                wrong += std::floor(256 * exact) != batch.bytes(row)[e];
            }
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("dequantization's noise is uniform: mean 1/2, variance 1/12, none lost at the ends") {
    constexpr std::size_t kRows = 200;
    Batch batch({.capacity = kRows, .shape = {3, 64, 64}, .bytes = true, .values = true});
    std::vector<SampleId> ids(kRows);
    for (std::size_t k = 0; k < kRows; ++k) ids[k] = k;
    fill(batch, 3, ids);
    Dequantize{1}(batch);
    const auto bytes = batch.bytes();
    double sum = 0, squares = 0;
    const auto n = static_cast<double>(batch.values().size());
    for (std::size_t e = 0; e < batch.values().size(); ++e) {
        const double u = batch.values()[e] * 256.0 - bytes[e];
        sum += u;
        squares += (u - 0.5) * (u - 0.5);
    }
    CHECK(std::abs(sum / n - 0.5) <
          5 * std::sqrt(1 / 12.0 / n) + 0x1p-17);  // u is a multiple of 2^-16: mean 1/2 - 2^-17
    CHECK(std::abs(squares / n - 1 / 12.0) < 5 * std::sqrt(1 / 180.0 / n));
}

TEST_CASE("dequantization gives the same bits on all instruction sets") {
    std::vector<std::uint8_t> in(1000);
    for (std::size_t e = 0; e < in.size(); ++e) in[e] = static_cast<std::uint8_t>(e * 11);
    const float one = 1;
    const kernel::Start start{{0, 1, 2, 3}, {4, 5}};
    std::vector<float> expected(in.size()), out(in.size());
    kernel::kernel(InstructionSet::scalar)
        .dequantize({in.data(), expected.data(), 1000, 1000, &one, &one, 1, 0}, start);
    for (const InstructionSet set : supported_instruction_sets()) {
        kernel::kernel(set).dequantize({in.data(), out.data(), 1000, 1000, &one, &one, 1, 0}, start);
        CHECK(out == expected);
    }
}

TEST_CASE("dequantization takes bytes only") {
    CHECK_THROWS_AS(Dequantize{1}.output({Content::values, {3, 4, 4}}), ConfigError);
    CHECK(Dequantize{1}.output({Content::bytes, {3, 4, 4}}) == Format{Content::values, {3, 4, 4}});
    Batch batch({.capacity = 1, .shape = {3, 4, 4}, .bytes = true, .values = true});
    batch.admit(0, 0, std::vector<SampleId>{0});
    batch.set_content(Content::values);
    CHECK_THROWS_AS(Dequantize{1}(batch), Error);
}
