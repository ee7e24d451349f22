#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>

#include <hdf5.h>

#include <mollify/datasets/hdf5/stored.hpp>
#include <mollify/datasets/storage/memory.hpp>
#include <mollify/stages/error.hpp>

namespace mollify::hdf5 {
namespace {

namespace fs = std::filesystem;

using Extents = std::vector<hsize_t>;

constexpr const char* kDamaged = "the file is damaged: copy or make it again";

Extents shape_of(hid_t set) {
    const Handle space(H5Dget_space(set), H5Sclose);
    Extents shape(static_cast<std::size_t>(std::max(0, H5Sget_simple_extent_ndims(space))));
    if (!shape.empty()) H5Sget_simple_extent_dims(space, shape.data(), nullptr);
    return shape;
}

/// Empty unless the set is stored in chunks.
Extents chunk_of(hid_t set, std::size_t rank) {
    const Handle creation(H5Dget_create_plist(set), H5Pclose);
    if (H5Pget_layout(creation) != H5D_CHUNKED) return {};
    Extents chunk(rank);
    H5Pget_chunk(creation, static_cast<int>(rank), chunk.data());
    return chunk;
}

std::size_t element_bytes(hid_t set) {
    const Handle type(H5Dget_type(set), H5Tclose);
    return H5Tget_size(type);
}

void require_filters(hid_t creation, const std::string& path, const std::string& place) {
    for (int i = 0; i < H5Pget_nfilters(creation); ++i) {
        unsigned flags = 0;
        unsigned config = 0;
        std::size_t values = 0;
        std::array<char, 200> text{};
        const auto id = H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &values, nullptr,
                                       text.size() - 1, text.data(), &config);
        if (id < 0 || H5Zfilter_avail(id) > 0) continue;
        H5Eclear2(H5E_DEFAULT);
        const std::string name(text.data());
        throw DataError(
            path, place,
            "is compressed with the filter " + std::to_string(id) +
                (name.empty() ? "" : " ('" + name.substr(0, name.find(';')) + "')") +
                ", which HDF5 does not have here",
            "set the environment variable HDF5_PLUGIN_PATH to the folder of its plugin (pip install "
            "hdf5plugin; python3 -c 'import hdf5plugin; print(hdf5plugin.PLUGIN_PATH)'), or, where the "
            "plugin is, write the file again: h5repack -f GZIP=4 in.h5 out.h5");
    }
}

/// Where HDF5 looks for a file that a data set in `path` names.
bool is_there(const fs::path& path, const fs::path& name, const char* variable) {
    std::error_code error;
    const char* const prefix = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): read only
    const fs::path folder = path.parent_path();
    return fs::exists(folder / name, error) || fs::exists(folder / name.filename(), error) ||
           (prefix != nullptr && fs::exists(fs::path(prefix) / name, error));
}

[[noreturn]] void fail_missing(const std::string& path, const std::string& place, const std::string& file) {
    throw DataError(path, place, "its elements are in the file '" + file + "', which is missing",
                    "put that file beside this one");
}

void require_external(hid_t creation, const std::string& path, const std::string& place) {
    for (int i = 0; i < H5Pget_external_count(creation); ++i) {
        std::array<char, 4096> name{};
        off_t offset = 0;
        hsize_t size = 0;
        if (H5Pget_external(creation, static_cast<unsigned>(i), name.size() - 1, name.data(), &offset,
                            &size) < 0)
            continue;
        if (!is_there(path, name.data(), "HDF5_EXTFILE_PREFIX")) fail_missing(path, place, name.data());
    }
}

void require_sources(hid_t creation, const std::string& path, const std::string& place) {
    std::size_t count = 0;
    if (H5Pget_virtual_count(creation, &count) < 0) return;
    for (std::size_t i = 0; i < count; ++i) {
        std::array<char, 4096> name{};
        if (H5Pget_virtual_filename(creation, i, name.data(), name.size()) < 0) continue;
        std::string file(name.data());
        if (const auto block = file.find("%b"); block != std::string::npos) file.replace(block, 2, "0");
        if (file != "." && !is_there(path, file, "HDF5_VDS_PREFIX")) fail_missing(path, place, file);
    }
}

/// What the library says against reading the box of one chunk; nothing where it can be read.
std::optional<std::string> problem_of(hid_t set, const Extents& begin, const Extents& size,
                                      std::vector<std::byte>& room) {
    const Handle stored(H5Dget_space(set), H5Sclose);
    H5Sselect_hyperslab(stored, H5S_SELECT_SET, begin.data(), nullptr, size.data(), nullptr);
    const Handle given(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), H5Sclose);
    const Handle type(H5Dget_type(set), H5Tclose);
    if (H5Dread(set, type, given, stored, H5P_DEFAULT, room.data()) >= 0) return {};
    return innermost_message();
}

std::string place_of_chunk([[maybe_unused]] hid_t set, const Extents& begin) {
    std::string place = ", chunk at " + to_string({begin.begin(), begin.end()});
#if H5_VERSION_GE(1, 10, 5)
    unsigned mask = 0;
    haddr_t byte = HADDR_UNDEF;
    hsize_t size = 0;
    if (H5Dget_chunk_info_by_coord(set, begin.data(), &mask, &byte, &size) >= 0 && byte != HADDR_UNDEF)
        place += " (" + std::to_string(size) + " bytes from byte " + std::to_string(byte) + ")";
#endif
    return place;
}

}  // namespace

void require_stored(hid_t set, const std::string& path, const std::string& place) {
    const Handle creation(H5Dget_create_plist(set), H5Pclose);
    require_filters(creation, path, place);
    const auto layout = H5Pget_layout(creation);
    if (layout == H5D_VIRTUAL) return require_sources(creation, path, place);
    if (H5Pget_external_count(creation) > 0) return require_external(creation, path, place);
    if (H5Dget_storage_size(set) == 0)
        throw DataError(path, place, "was never written", "write its elements");
    if (layout != H5D_CHUNKED) return;
    std::uint64_t bytes = element_bytes(set);
    for (const auto extent : chunk_of(set, shape_of(set).size())) {
        if (__builtin_mul_overflow(bytes, extent, &bytes)) bytes = ~std::uint64_t{0};
    }
    require_memory(path, place, bytes, "one chunk", "write it in smaller chunks");
}

void fail_reading(hid_t set, const std::string& path, const std::string& place, const Rows& rows) {
    const Extents shape = shape_of(set);
    const Extents chunk = chunk_of(set, shape.size());
    if (!chunk.empty()) {
        H5Eclear2(H5E_DEFAULT);
        std::size_t bytes = element_bytes(set);
        for (const auto extent : chunk) bytes *= extent;
        std::vector<std::byte> room(bytes);
        Extents begin(shape.size(), 0);
        begin[0] = rows.begin / chunk[0] * chunk[0];
        while (begin[0] < rows.end) {
            Extents size(shape.size());
            for (std::size_t i = 0; i < size.size(); ++i) size[i] = std::min(chunk[i], shape[i] - begin[i]);
            if (const auto problem = problem_of(set, begin, size, room)) {
                throw DataError(path, place + place_of_chunk(set, begin),
                                "cannot be read: HDF5 says: " + *problem, kDamaged);
            }
            std::size_t axis = shape.size() - 1;  // the next chunk, the last extent first
            while ((begin[axis] += chunk[axis]) >= shape[axis] && axis > 0) begin[axis--] = 0;
        }
    }
    fail(path, place, "cannot be read", kDamaged);
}

}  // namespace mollify::hdf5
