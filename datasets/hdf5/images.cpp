#include <algorithm>

#include <hdf5.h>

#include <mollify/datasets/hdf5/contents.hpp>
#include <mollify/datasets/hdf5/images.hpp>
#include <mollify/datasets/hdf5/stored.hpp>
#include <mollify/datasets/storage/memory.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {

bool is_hdf5(const std::filesystem::path& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return false;
    if (hdf5::has_signature(path)) return true;
    std::string ending = path.extension().string();
    std::ranges::transform(ending, ending.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return ending == ".h5" || ending == ".hdf5" || ending == ".hdf" || ending == ".he5";
}

bool holds_images(const std::filesystem::path& path) {
    const hdf5::Session session;
    try {
        const auto file = hdf5::open_file(path);
        return !hdf5::image_sets(file).empty() && hdf5::table_sets(file).empty();
    } catch (const DataError&) {
        return false;
    }
}

namespace hdf5 {

std::optional<ImageLayout> image_layout(const std::vector<std::uint64_t>& extents, bool own) {
    std::size_t bytes = 1;
    for (const auto extent : extents) {
        if (extent == 0 || __builtin_mul_overflow(bytes, extent, &bytes)) return {};
    }
    if (extents.size() == 3 && !own) return ImageLayout{extents[0], {1, extents[1], extents[2]}, false};
    if (extents.size() != 4) return {};
    const ImageLayout last{extents[0], {extents[3], extents[1], extents[2]}, false};
    const ImageLayout first{extents[0], {extents[1], extents[2], extents[3]}, true};
    if (own) return last;
    const auto usual = [](std::uint64_t extent) { return extent == 1 || extent == 3; };
    if (usual(extents[3])) return last;
    if (usual(extents[1])) return first;
    if (extents[3] <= 4) return last;
    if (extents[1] <= 4) return first;
    return {};
}

std::vector<std::string> image_sets(hid_t file) {
    std::vector<std::string> four;
    std::vector<std::string> three;
    for (const auto& name : dataset_names(file)) {
        const Handle set(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
        if (!set || type_name(set) != "uint8") continue;
        const auto rank = extents(set).size();
        if (rank == 4) four.push_back(name);
        if (rank == 3) three.push_back(name);
    }
    return four.empty() ? three : four;
}

std::vector<std::string> table_sets(hid_t file) {
    std::vector<std::string> out;
    for (const auto& name : dataset_names(file)) {
        const Handle set(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
        if (set && extents(set).size() == 2 && type_name(set).starts_with("float")) out.push_back(name);
    }
    return out;
}

ImageRows::ImageRows(Handle file, const std::string& path, const std::string& name, std::size_t count,
                     std::size_t row_bytes)
    : path_(path), name_(name), row_bytes_(row_bytes) {
    const std::string place = "data set '" + name + "'";
    set_ = open_dataset(file, path, name);
    require_memory(path, place, row_bytes, "one image", "write smaller images");
    require_stored(set_, path, place);
    const Handle creation(H5Dget_create_plist(set_), H5Pclose);
    const haddr_t offset = H5Dget_offset(set_);
    if (H5Pget_layout(creation) == H5D_CONTIGUOUS && offset != HADDR_UNDEF) {
        file_.emplace(path, MappedFile::Access::random);
        offset_ = offset;
        if (offset > file_->size() || count * row_bytes > file_->size() - offset) {
            throw DataError(
                path, place + ", byte " + std::to_string(file_->size()),
                "the file is cut short: the images end at byte " + std::to_string(offset + count * row_bytes),
                "copy or make it again");
        }
        set_ = {};
        return;
    }
    library_file_ = std::move(file);
    if (H5Pget_layout(creation) == H5D_CHUNKED) open_chunked(creation);
}

/// With room to keep the chunks of one image, so that neighbours need not be decompressed again.
void ImageRows::open_chunked(hid_t creation) {
    const auto shape = extents(set_);
    std::vector<hsize_t> chunk(shape.size());
    H5Pget_chunk(creation, static_cast<int>(chunk.size()), chunk.data());
    std::uint64_t bytes = chunk[0];
    for (std::size_t i = 1; i < shape.size(); ++i) {
        const std::uint64_t chunks = shape[i] / chunk[i] + (shape[i] % chunk[i] != 0 ? 1 : 0);
        if (__builtin_mul_overflow(bytes, chunks, &bytes) || __builtin_mul_overflow(bytes, chunk[i], &bytes))
            bytes = ~std::uint64_t{0};
    }
    require_memory(path_, "data set '" + name_ + "'", bytes, "one row of chunks",
                   "write it in smaller chunks");
    constexpr std::size_t kSlots = 12'421;  // a prime, as HDF5 asks for
    const Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
    H5Pset_chunk_cache(access, kSlots, std::max<std::size_t>(bytes, std::size_t{16} << 20),
                       H5D_CHUNK_CACHE_W0_DEFAULT);
    set_ = {};
    set_ = Handle(H5Dopen2(library_file_, name_.c_str(), access), H5Dclose);
    if (!set_) fail(path_, "data set '" + name_ + "'", "cannot be opened", "copy or make the file again");
}

ImageRows::~ImageRows() {
    if (!library_file_) return;
    const Session session;
    set_.close();
    library_file_.close();
}

const std::uint8_t* ImageRows::row(std::size_t row, std::vector<std::uint8_t>& room) const {
    if (file_) return file_->data() + offset_ + row * row_bytes_;
    const Session session;
    room.resize(row_bytes_);
    std::vector<hsize_t> size;
    for (const auto extent : extents(set_)) size.push_back(extent);
    size[0] = 1;
    std::vector<hsize_t> begin(size.size(), 0);
    begin[0] = row;
    const Handle stored(H5Dget_space(set_), H5Sclose);
    const Handle given(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), H5Sclose);
    if (H5Sselect_hyperslab(stored, H5S_SELECT_SET, begin.data(), nullptr, size.data(), nullptr) < 0 ||
        H5Dread(set_, H5T_NATIVE_UINT8, given, stored, H5P_DEFAULT, room.data()) < 0) {
        fail_reading(set_, path_, "data set '" + name_ + "', record " + std::to_string(row), {row, row + 1});
    }
    return room.data();
}

void ImageRows::prefetch(std::size_t row) const {
    if (file_) mollify::prefetch(file_->data() + offset_ + row * row_bytes_, row_bytes_);
}

}  // namespace hdf5
}  // namespace mollify
