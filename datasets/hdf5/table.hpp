#pragma once
/// \file Tables of numbers in HDF5 files.

#include <filesystem>
#include <string>

#include <mollify/datasets/tables/table.hpp>

namespace mollify {

/// Reads a two-dimensional data set of integers or floats, of any layout and compression, as float64.
/// `dataset` is its path in the file ("group/name"), or empty for the only one that the file holds. A text
/// attribute `columns` of D strings on it names the columns. Throws DataError with file and data set: missing
/// file, not HDF5, cut short, no such data set (or more than one to choose from), another rank or type, no
/// rows, NaN or infinity (row and column from 1).
Table read_hdf5_table(const std::filesystem::path& path, const std::string& dataset = "");

}  // namespace mollify
