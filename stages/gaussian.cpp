#include <algorithm>
#include <cmath>
#include <string>

#include <mollify/stages/error.hpp>
#include <mollify/stages/gaussian.hpp>
#include <mollify/stages/kernel/kernel.hpp>
#include <mollify/stages/noise.hpp>

namespace mollify {
namespace {

template <class In>
void mollify_any(std::span<const In> in, std::span<float> out, const AffineView& affine, Mix mix,
                 const NoiseAddress& address, const kernel::Kernel& kernel,
                 const std::uint8_t* next = nullptr) {
    const std::size_t plane = std::max<std::size_t>(1, std::min(affine.plane, in.size()));
    const std::size_t channels = (in.size() + plane - 1) / plane;
    if (in.size() != out.size() || affine.scale.size() < channels || affine.shift.size() < channels) {
        throw Error("a sample of " + std::to_string(in.size()) + " elements in " + std::to_string(channels) +
                    " channels does not fit " + std::to_string(out.size()) + " elements of room, " +
                    std::to_string(affine.scale.size()) + " scales and " +
                    std::to_string(affine.shift.size()) + " shifts");
    }
    const kernel::Row<In> row{in.data(),           out.data(), in.size(), plane, affine.scale.data(),
                              affine.shift.data(), mix.alpha,  mix.sigma, next};
    constexpr bool kBytes = sizeof(In) == 1;
    if (mix.is_clean()) {
        if constexpr (kBytes) {
            kernel.affine_bytes(row);
        } else {
            kernel.affine_values(row);
        }
        return;
    }
    const auto start = noise_start(Stream::mollify, address, in.size());
    if constexpr (kBytes) {
        kernel.mollify_bytes(row, start);
    } else {
        kernel.mollify_values(row, start);
    }
}

}  // namespace

Mix Mix::at_level(double level) {
    return {static_cast<float>(std::sqrt(1 - level)), static_cast<float>(std::sqrt(level))};
}

void mollify_sample(std::span<const float> in, std::span<float> out, const AffineView& affine, Mix mix,
                    const NoiseAddress& address, InstructionSet set) {
    mollify_any(in, out, affine, mix, address, kernel::kernel(set));
}

void mollify_sample(std::span<const std::uint8_t> in, std::span<float> out, const AffineView& affine, Mix mix,
                    const NoiseAddress& address, InstructionSet set) {
    mollify_any(in, out, affine, mix, address, kernel::kernel(set));
}

void mollify_batch(Batch& batch, AffineView affine, Mix mix, std::uint64_t seed, const char* stage) {
    batch.require_room(batch.content(), stage);
    batch.require_room(Content::values, stage);
    if (affine.scale.size() > 1) affine.plane = batch.shape().plane();
    const auto& loops = kernel::kernel(active_instruction_set());
    const bool from_bytes = batch.content() == Content::bytes;
    for (std::size_t row = 0; row < batch.size(); ++row) {
        const auto out = batch.values(row);
        const NoiseAddress address{seed, batch.iteration(), batch.ids()[row]};
        if (from_bytes) {
            mollify_any(batch.bytes_to_read(row), out, affine, mix, address, loops, bytes_after(batch, row));
        } else {
            mollify_any(std::span<const float>(out), out, affine, mix, address, loops);
        }
    }
    batch.set_content(Content::values);
}

void fill_normals(std::span<float> out, const NoiseAddress& address, InstructionSet set) {
    std::ranges::fill(out, 0.0f);
    mollify_sample(std::span<const float>(out), out, {}, {.alpha = 0, .sigma = 1}, address, set);
}

}  // namespace mollify
