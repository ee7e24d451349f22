#include <algorithm>
#include <cstring>

#include <hdf5.h>

#include <mollify/datasets/hdf5/lzf.hpp>

namespace mollify::hdf5 {
namespace {

constexpr H5Z_filter_t kLzf = 32000;
// A back reference of three bytes stands for 264 at most: no stream grows more than this.
constexpr std::size_t kMostGrowth = 88;

/// HDF5's calling convention: takes over `*buffer` of `bytes`, and returns how much it put in its place; 0 on failure.
std::size_t filter(unsigned flags, std::size_t, const unsigned*, std::size_t bytes, std::size_t* room,
                   void** buffer) {
    if ((flags & H5Z_FLAG_REVERSE) == 0) return 0;
    const auto out = decompress_lzf({static_cast<const std::byte*>(*buffer), bytes}, bytes * kMostGrowth);
    if (!out || out->empty()) return 0;
    void* const memory = H5allocate_memory(out->size(), false);
    if (memory == nullptr) return 0;
    std::memcpy(memory, out->data(), out->size());
    H5free_memory(*buffer);
    *buffer = memory;
    *room = out->size();
    return out->size();
}

}  // namespace

std::optional<std::vector<std::byte>> decompress_lzf(std::span<const std::byte> input, std::size_t most) {
    std::vector<std::byte> out;
    std::size_t at = 0;
    const auto next = [&] { return std::to_integer<std::size_t>(input[at++]); };
    while (at < input.size()) {
        const std::size_t control = next();
        if (control < 32) {  // that many bytes as they are, and one
            const std::size_t count = control + 1;
            if (count > input.size() - at || count > most - out.size()) return {};
            out.insert(out.end(), input.begin() + static_cast<std::ptrdiff_t>(at),
                       input.begin() + static_cast<std::ptrdiff_t>(at + count));
            at += count;
            continue;
        }
        std::size_t count = control >> 5;  // of bytes that were there before, and two
        if (count == 7) {
            if (at == input.size()) return {};
            count += next();
        }
        count += 2;
        if (at == input.size()) return {};
        const std::size_t back = ((control & 31) << 8) + next() + 1;
        if (back > out.size() || count > most - out.size()) return {};
        for (std::size_t i = 0; i < count; ++i) out.push_back(out[out.size() - back]);  // they may overlap
    }
    return out;
}

bool register_lzf() {
    static const H5Z_class2_t description{H5Z_CLASS_T_VERS, kLzf, 0, 1, "lzf", nullptr, nullptr, filter};
    return H5Zregister(&description) >= 0;
}

}  // namespace mollify::hdf5
