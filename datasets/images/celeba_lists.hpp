#pragma once
/// \file The two lists that CelebA is distributed with, as text files and as comma-separated ones.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <mollify/datasets/split.hpp>

namespace mollify {

/// list_eval_partition: which part each image belongs to, 0 (train), 1 (validation) or 2 (test).
/// Text: "000001.jpg 0" per line. CSV: a header "image_id,partition", then "000001.jpg,0".
struct CelebAPartition {
    std::vector<std::string> files;
    std::vector<Split> parts;
    std::size_t first_line = 1;  ///< of the file; entry i stands on line first_line + i
};

/// list_attr_celeba: attributes (40 as distributed) of each image, -1 or 1.
/// Text: the number of images, the names of the attributes, then "000001.jpg -1  1 …". CSV: a header
/// "image_id,5_o_Clock_Shadow,…", then "000001.jpg,-1,1,…".
struct CelebAAttributes {
    std::vector<std::string> names;  ///< at most 64
    std::vector<std::string> files;
    std::vector<std::uint64_t> bits;  ///< by image: bit k is set where attribute k is 1
};

/// Both take the text of a list, LF or CRLF, with or without UTF-8's mark at its beginning and quotes around the cells
/// of a CSV. They throw DataError with `path` and the line for a malformed line, a wrong number of columns, a value out
/// of range, a name that is not a plain file name, or a list without entries; and for an image that the partition
/// names twice, with both lines, as its parts would not be apart. \param path for messages only
CelebAPartition parse_celeba_partition(std::string_view text, const std::string& path);
CelebAAttributes parse_celeba_attributes(std::string_view text, const std::string& path);

}  // namespace mollify
