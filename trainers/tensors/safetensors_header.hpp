#pragma once
/// \file What the header of a file of named tensors says, without the tensors.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mollify {

/// Facts about a file of tensors, as text. The key "checksum" belongs to the format.
using Metadata = std::map<std::string, std::string>;

/// One tensor's line of the header.
struct TensorEntry {
    std::string name;
    std::string dtype;  ///< as the format spells it: F64, I64, F32, I32, U8 or BOOL
    std::vector<std::int64_t> shape;
    std::size_t begin = 0;  ///< first byte, counted from the end of the header
    std::size_t end = 0;    ///< behind the last byte
};

struct SafetensorsHeader {
    Metadata metadata;
    std::vector<TensorEntry> tensors;  ///< in the order of their bytes
};

/// Bytes of one number of a dtype that is read, 0 for any other text.
std::size_t bytes_of(std::string_view dtype);

/// Reads the JSON header of a file whose numbers take `data_bytes` bytes, by the rules of the format
/// (https://github.com/huggingface/safetensors, "Format"): one object, nothing said twice, texts as metadata, and
/// tensors that fill the numbers from the first byte to the last without a hole or an overlap. Beyond these, each
/// tensor must begin at a multiple of its number's size and be of a dtype of bytes_of().
/// \param path for messages. Throws DataError with it for anything else.
SafetensorsHeader parse_safetensors_header(std::string_view text, std::size_t data_bytes,
                                           const std::string& path);

}  // namespace mollify
