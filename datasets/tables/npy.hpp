#pragma once
/// \file NumPy's file format for one array, versions 1 to 3.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <mollify/datasets/tables/table.hpp>

namespace mollify {

/// An array of any rank in C order (the last index runs fastest).
struct NpyArray {
    std::vector<std::size_t> shape;
    std::vector<double> values;
    std::vector<std::string> fields;  ///< of a structured array: the names of its last axis; else empty
};

/// Reads floats of 16, 32 and 64 bits, integers of 8 to 64 bits and booleans (0 and 1), of either byte order and
/// in C or Fortran order, exactly. A structured array whose fields are such numbers gets its fields as a last
/// axis. Throws DataError for other types, a damaged header, a file that is shorter or longer than its header
/// says, and an integer that float64 cannot hold.
NpyArray read_npy(const std::filesystem::path& path);

/// The same of a file in memory; `source` names it in messages.
NpyArray parse_npy(std::span<const std::byte> file, const std::string& source);

/// A two-dimensional array (a structured one: of one axis) as a table; fields name its columns. `columns` chooses
/// some, as chosen_columns() does. Throws DataError as read_npy does, and for another rank, an array without
/// elements, and NaN or infinity in a chosen column (with row and column, from 1).
Table read_npy_table(const std::filesystem::path& path, const std::string& columns = "");

/// Writes an array (version 1.0, C order); the file appears whole or not at all. `values` has as many
/// elements as `shape` says. Throws DataError where the file cannot be written.
void write_npy(const std::filesystem::path& path, std::span<const std::size_t> shape,
               std::span<const float> values);
void write_npy(const std::filesystem::path& path, std::span<const std::size_t> shape,
               std::span<const std::uint8_t> values);

}  // namespace mollify
