// Uses mollify::hdf5: images go into a pack and come back.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <vector>

#include <mollify/datasets/array_dataset.hpp>
#include <mollify/datasets/hdf5/pack.hpp>

int main() {
    using namespace mollify;
    std::vector<std::uint8_t> images(5 * 3 * 4 * 4);
    for (std::size_t i = 0; i < images.size(); ++i) images[i] = static_cast<std::uint8_t>(i);
    const auto path = std::filesystem::current_path() / "stranger.h5";
    write_pack(ArrayDataset("counting", {3, 4, 4}, images, {0, 1, 0, 1, 0}), path);

    const PackDataset pack(path);
    Batch batch({.capacity = 1, .shape = {3, 4, 4}, .bytes = true, .values = false});
    batch.admit(0, 0, std::vector<SampleId>{3});
    pack.read(batch);
    const bool good = pack.size() == 5 && batch.labels()[0] == 1 && batch.bytes()[47] == images[4 * 48 - 1];
    std::puts(good ? "good" : "wrong");
    return good ? 0 : 1;
}
