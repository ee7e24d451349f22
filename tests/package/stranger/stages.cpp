// Uses mollify::stages in a loop of its own: while the schedule runs data is noisy, from its end on exactly clean.
#include <algorithm>
#include <cstdio>
#include <vector>

#include <mollify/stages/kernel/philox.hpp>
#include <mollify/stages/mollifier.hpp>

int main() {
    using namespace mollify;
    const NormalizedMollifier stage =
        fuse(Normalize::to_symmetric_range(), Mollifier::gaussian(Schedule({.duration = 100}), /*seed=*/7));
    Batch batch({.capacity = 2, .shape = {3, 2, 2}, .bytes = true});
    const auto deviation = [&](Iteration iteration) {
        batch.admit(iteration, 0, std::vector<SampleId>{7, 9});
        std::ranges::fill(batch.bytes(), std::uint8_t{255});
        batch.set_content(Content::bytes);
        stage(batch);
        const auto [low, high] = std::ranges::minmax(batch.values());
        return std::max(high - 1, 1 - low);
    };
    const PhiloxWords known = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};  // of Random123's kat_vectors
    const bool good =
        philox4x32({0, 0, 0, 0}, {0, 0}) == known && deviation(0) > 0.5F && deviation(100) < 1e-6F;
    std::puts(good ? "good" : "wrong");
    return good ? 0 : 1;
}
