#pragma once
/// \file From a sample or a batch to what the inner loops are given. Private to this folder.

#include <string>

#include <mollify/stages/batch.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/kernel/noise_address.hpp>

namespace mollify {

/// Throws where the address, or an element of the sample, has no words of its own.
inline kernel::Start noise_start(Stream stream, const NoiseAddress& address, std::size_t elements) {
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
    return kernel::start_of(stream, address);
}

/// The bytes of the row after `row`, for kernel::Row::next; nullptr after the last.
inline const std::uint8_t* bytes_after(const Batch& batch, std::size_t row) {
    return row + 1 < batch.size() ? batch.bytes_to_read(row + 1).data() : nullptr;
}

}  // namespace mollify
