#pragma once
/// \file Which random words belong to a sample.

#include <cstdint>

#include <mollify/stages/kernel/philox.hpp>

namespace mollify {

/// Which noise: a sample at an iteration, for a seed. Iteration and sample below kAddressLimit.
struct NoiseAddress {
    std::uint64_t seed = 0;
    std::uint64_t iteration = 0;
    std::uint64_t sample = 0;
};

namespace kernel {

/// Philox's counter (word 0 is the block and starts at 0) and key, as the inner loops take them.
struct Start {
    std::uint32_t counter[4];
    std::uint32_t key[2];
};

/// Where the words of an address begin in a stream.
constexpr Start start_of(Stream stream, const NoiseAddress& address) {
    const PhiloxWords counter = philox_counter(stream, address.iteration, address.sample, 0);
    const PhiloxKey key = philox_key(address.seed);
    return {{counter[0], counter[1], counter[2], counter[3]}, {key[0], key[1]}};
}

}  // namespace kernel
}  // namespace mollify
