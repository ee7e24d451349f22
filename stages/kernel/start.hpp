#pragma once
/// \file From an address or a batch to what the inner loops are given.

#include <string>

#include <mollify/stages/batch.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/gaussian.hpp>
#include <mollify/stages/kernel/kernel.hpp>
#include <mollify/stages/philox.hpp>

namespace mollify::kernel {

/// Throws where the address, or an element of the sample, has no words of its own.
inline Start start_of(Stream stream, const NoiseAddress& address, std::size_t elements) {
    constexpr std::uint64_t kMostElements = std::uint64_t{1} << 34;  // four for each of 2^32 blocks
    if (address.iteration >= kAddressLimit) {
        throw Error("iteration " + std::to_string(address.iteration) +
                    " has no random numbers: they end at 2^44");
    }
    if (address.sample >= kAddressLimit) {
        throw SampleError(address.sample, "sample id " + std::to_string(address.sample) +
                                              " has no random numbers: they end at 2^44");
    }
    if (elements > kMostElements) throw Error("a sample can have at most 2^34 elements with noise");
    const PhiloxWords counter = philox_counter(stream, address.iteration, address.sample, 0);
    const PhiloxKey key = philox_key(address.seed);
    return {{counter[0], counter[1], counter[2], counter[3]}, {key[0], key[1]}};
}

/// The bytes of the row after `row`, for Row::next; nullptr after the last.
inline const std::uint8_t* bytes_after(const Batch& batch, std::size_t row) {
    return row + 1 < batch.size() ? batch.bytes_to_read(row + 1).data() : nullptr;
}

}  // namespace mollify::kernel
