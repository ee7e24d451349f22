#pragma once
/// \file Tables in whichever format they come.

#include <string>

#include <mollify/datasets/tables/table.hpp>

namespace mollify {

/// Reads any numeric table by the ending of its name: .npy, or delimited text (.csv, .data, .txt, .tsv).
/// HDF5 tables: read_hdf5_table in mollify/datasets/hdf5/table.hpp. Throws DataError.
Table read_table(const std::string& path);

}  // namespace mollify
