#pragma once
/// \file How much memory there is, for sizes that a file only announces.

#include <cstdint>
#include <string>

namespace mollify {

/// Bytes that this process can still take: what the system has available, cut to the limits of its control groups
/// (v2, then v1) and of its address space (ulimit -v).
std::uint64_t available_memory();

/// "1.5 GB", "12 bytes", in powers of 1000.
std::string bytes_in_words(std::uint64_t bytes);

/// Throws DataError(path, where, …) where `bytes`, those of `what`, are more than there is: before anything is
/// allocated, and with both numbers.
void require_memory(const std::string& path, const std::string& where, std::uint64_t bytes,
                    const std::string& what, const std::string& remedy);

}  // namespace mollify
