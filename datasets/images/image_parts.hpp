#pragma once
/// \file Folders of images that are parts of one data set rather than classes.

#include <optional>
#include <string>
#include <vector>

namespace mollify {

/// Paths of the folders with the parts; empty where there is none.
struct ImageParts {
    std::string train;
    std::string validation;
    std::string test;
    std::vector<std::string> remarks;  ///< for people: what lies beside them and is passed over
};

/// The parts in `folder`: train (or training), beside it val, valid or validation, and test (or testing), in any
/// case. A folder train alone is a part, too; beside folders that are none of these it is a class, and there are no
/// parts. Throws DataError where two folders would be the same part.
std::optional<ImageParts> find_image_parts(const std::string& folder);

}  // namespace mollify
