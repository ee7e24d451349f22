#pragma once
/// \file Drawn images as JPEG files, for tests and benchmarks that need real ones and have no data set at hand.

#include <cstddef>
#include <filesystem>

namespace mollify::test {

/// Writes `count` JPEG files of `width`×`height` pixels (quality 90) named 000001.jpg and so on into `folder`, which
/// is made: mosaics of the built-in drawn images, enlarged.
void write_jpeg_folder(const std::filesystem::path& folder, std::size_t count, int width, int height);

}  // namespace mollify::test
