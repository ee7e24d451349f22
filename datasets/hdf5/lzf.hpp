#pragma once
/// \file LZF, the fast compression that h5py brings along and HDF5 does not. Private to this folder.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace mollify::hdf5 {

/// What LibLZF made of at most `most` bytes; nothing where the input is no such stream.
std::optional<std::vector<std::byte>> decompress_lzf(std::span<const std::byte> input, std::size_t most);

/// Gives the library the filter 32000, to read with. False where it does not take it.
bool register_lzf();

}  // namespace mollify::hdf5
