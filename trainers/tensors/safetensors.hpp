#pragma once
/// \file Named tensors in a file, in the layout that the Python package `safetensors` reads.

#include <filesystem>
#include <span>
#include <vector>

#include <mollify/trainers/tensors/named_tensor.hpp>
#include <mollify/trainers/tensors/safetensors_header.hpp>

namespace mollify {

struct TensorFile {
    Metadata metadata;
    std::vector<NamedTensor>
        tensors;  ///< views of the mapped file, on the CPU: to copy from, not to write to
};

/// Writes tensors of any device: eight bytes with the length of a JSON header (little-endian), the header, the
/// numbers. The file appears whole and durable, or not at all; one tensor at a time is copied at most. The
/// metadata gains "checksum", the Fingerprint of all numbers and then of the header with sixteen zeros in its
/// place. Throws DataError where the file cannot be written, Error for a dtype other than float32, float64,
/// int64, int32, uint8 and bool, and for a name that occurs twice.
void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                       Metadata metadata);

/// Reads what write_safetensors() wrote. Throws DataError for a file that is cut short, damaged anywhere, without
/// a checksum, or whose header breaks the rules of parse_safetensors_header() though its checksum is right.
TensorFile read_safetensors(const std::filesystem::path& path);

}  // namespace mollify
