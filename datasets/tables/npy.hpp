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
};

/// Reads float64, float32 and integers of 8 to 64 bits, little-endian, C order, exactly. Throws DataError for
/// other types and orders, a damaged header, a file that is shorter or longer than its header says, and an
/// integer that float64 cannot hold.
NpyArray read_npy(const std::filesystem::path& path);

/// The same of a file in memory; `source` names it in messages.
NpyArray parse_npy(std::span<const std::byte> file, const std::string& source);

/// A two-dimensional array as a table without column names. Throws DataError as read_npy does, and for
/// another rank, an array without elements, and NaN or infinity (with row and column, from 1).
Table read_npy_table(const std::filesystem::path& path);

/// Writes an array (version 1.0, C order); the file appears whole or not at all. `values` has as many
/// elements as `shape` says. Throws DataError where the file cannot be written.
void write_npy(const std::filesystem::path& path, std::span<const std::size_t> shape,
               std::span<const double> values);
void write_npy(const std::filesystem::path& path, std::span<const std::size_t> shape,
               std::span<const float> values);
void write_npy(const std::filesystem::path& path, std::span<const std::size_t> shape,
               std::span<const std::int32_t> values);
void write_npy(const std::filesystem::path& path, std::span<const std::size_t> shape,
               std::span<const std::uint8_t> values);

}  // namespace mollify
