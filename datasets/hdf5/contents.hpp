#pragma once
/// \file What an HDF5 file holds, as far as it decides how the file is used.

#include <filesystem>

namespace mollify {

/// Whether a file is HDF5: by its first bytes, or, where those are damaged or it cannot be read, by an ending of
/// HDF5's in any case (.h5, .hdf5, .hdf, .he5).
bool is_hdf5(const std::filesystem::path& path);

/// Whether the file holds data sets of images (see PackDataset) and no table of floats. Looks at shapes and types only;
/// false for a file that cannot be opened.
bool holds_images(const std::filesystem::path& path);

}  // namespace mollify
