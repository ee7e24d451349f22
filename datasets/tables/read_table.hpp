#pragma once
/// \file Tables in whichever format they come.

#include <filesystem>

#include <mollify/datasets/tables/csv.hpp>
#include <mollify/datasets/tables/table.hpp>

namespace mollify {

/// Reads a .npy array or delimited text, which the file's first bytes tell apart, whatever its name. Of `options`,
/// only the choice of columns acts on an array; the others are refused there with ConfigError. HDF5 tables:
/// read_hdf5_table in mollify/datasets/hdf5/table.hpp. Throws DataError as read_csv and read_npy_table do; for
/// another type with its name and what to do, and for text whose name ends as that of an array or an HDF5 file.
Table read_table(const std::filesystem::path& path, const CsvOptions& options = {});

/// Throws ConfigError where `options` says how a text is to be read: the file at `path` is none.
void refuse_text_options(const std::filesystem::path& path, const CsvOptions& options);

}  // namespace mollify
