#pragma once
/// \file How the elements of a data set are stored, and what keeps them from being read. Private to this folder.

#include <cstdint>
#include <string>

#include <mollify/datasets/hdf5/library.hpp>

namespace mollify::hdf5 {

/// Throws DataError unless the elements can be had: a filter that is missing here (with its name and the ways to get
/// it), a file of an external or virtual data set that is missing, a set that was never written, chunks larger than
/// memory. HDF5 itself would give fill values for some of these, without a word.
void require_stored(Id set, const std::string& path, const std::string& place);

/// Rows of a data set: of its first extent.
struct Rows {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// Throws the DataError of a read that failed, with the first chunk of these rows that cannot be read.
[[noreturn]] void fail_reading(Id set, const std::string& path, const std::string& place, const Rows& rows);

}  // namespace mollify::hdf5
