#include <algorithm>
#include <numeric>

#include <hdf5.h>

#include <mollify/datasets/hdf5/interleave.hpp>
#include <mollify/datasets/hdf5/library.hpp>
#include <mollify/datasets/hdf5/pack.hpp>
#include <mollify/datasets/storage/atomic_file.hpp>
#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

constexpr int kPackVersion = 1;
constexpr const char* kRetry = "check the disk and its free space";

/// A, from the notes of a pack of `count` samples. Throws ConfigError where they do not fit.
std::size_t attributes_of(const PackNotes& notes, std::size_t count, const SampleShape& shape) {
    std::vector<std::string> problems;
    if (shape.elements() == 0) problems.emplace_back("the shape of the packed images is not given");
    if (count == 0) problems.emplace_back("the data set is empty");
    std::size_t width = notes.attribute_names.size();
    if (width == 0 && count > 0) width = notes.attributes.size() / count;
    if (notes.attributes.size() != count * width) {
        problems.push_back(std::to_string(notes.attributes.size()) + " attribute values for " +
                           std::to_string(count) + " samples with " + std::to_string(width) + " attributes");
    }
    if (width > hdf5::kMostAttributeTexts) {
        problems.push_back(std::to_string(width) + " attributes: a pack names at most " +
                           std::to_string(hdf5::kMostAttributeTexts));
    }
    if (!problems.empty()) throw ConfigError(std::move(problems));
    return width;
}

/// Makes a file with room for the images in one piece, and tells where it begins.
std::size_t create_with_images(const std::filesystem::path& temporary, const std::string& path,
                               std::size_t count, const SampleShape& shape) {
    const hdf5::Session session;
    hdf5::Handle file(H5Fcreate(temporary.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
    if (!file) hdf5::fail(path, "", "cannot create the file", kRetry);
    const hsize_t extents[] = {count, shape.height, shape.width, shape.channels};
    const hdf5::Handle space(H5Screate_simple(4, extents, nullptr), H5Sclose);
    const hdf5::Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_layout(creation, H5D_CONTIGUOUS);
    H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER);
    hdf5::Handle images(H5Dcreate2(file, "images", H5T_STD_U8LE, space, H5P_DEFAULT, creation, H5P_DEFAULT),
                        H5Dclose);
    const haddr_t offset = images ? H5Dget_offset(images) : HADDR_UNDEF;
    if (offset == HADDR_UNDEF || !images.close() || !file.close()) {
        hdf5::fail(path, "data set 'images'", "cannot be created", kRetry);
    }
    return offset;
}

/// Adds a data set to a finished file. False on failure.
bool add_dataset(hid_t file, const char* name, hid_t stored, hid_t given, std::span<const hsize_t> extents,
                 const void* values, const std::vector<std::string>& names = {}) {
    const hdf5::Handle space(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr),
                             H5Sclose);
    hdf5::Handle set(H5Dcreate2(file, name, stored, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
    return set && H5Dwrite(set, given, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0 &&
           (names.empty() || hdf5::write_strings(set, "names", names)) && set.close();
}

bool add_version(hid_t file) {
    const hdf5::Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const hdf5::Handle version(
        H5Acreate2(file, "mollify_pack", H5T_STD_I32LE, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    return version && H5Awrite(version, H5T_NATIVE_INT, &kPackVersion) >= 0;
}

}  // namespace

struct PackWriter::State {
    std::filesystem::path path;
    SampleShape shape;
    std::string source;
    PackNotes notes;
    std::size_t count;
    std::size_t attributes;  // A
    AtomicFile file;
    std::size_t offset = 0;  // of the first image, in bytes
    std::vector<Label> labels{};
    std::vector<std::uint8_t> pixels{};
    Fingerprint content{};

    /// Adds everything that stands beside the images.
    void describe(const std::string& source_fingerprint) {
        std::vector<std::uint64_t> ids(count);
        std::iota(ids.begin(), ids.end(), std::uint64_t{0});
        const hsize_t extents[] = {count, attributes};
        const std::span<const hsize_t> rows(extents, 1);

        const hdf5::Session session;
        hdf5::Handle pack(H5Fopen(file.temporary().c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
        const bool written =
            pack && add_dataset(pack, "labels", H5T_STD_I32LE, H5T_NATIVE_INT32, rows, labels.data()) &&
            add_dataset(pack, "ids", H5T_STD_U64LE, H5T_NATIVE_UINT64, rows, ids.data()) &&
            (notes.attributes.empty() ||
             add_dataset(pack, "attributes", H5T_STD_U8LE, H5T_NATIVE_UINT8, extents, notes.attributes.data(),
                         notes.attribute_names)) &&
            add_version(pack) && hdf5::write_string(pack, "source", source) &&
            hdf5::write_string(pack, "source_fingerprint", source_fingerprint) &&
            hdf5::write_string(pack, "content_fingerprint", content.hex()) &&
            (notes.class_names.empty() || hdf5::write_strings(pack, "class_names", notes.class_names)) &&
            H5Fflush(pack, H5F_SCOPE_GLOBAL) >= 0;
        if (!written || !pack.close()) hdf5::fail(path.string(), "", "cannot write the file", kRetry);
    }
};

PackWriter::PackWriter(const std::filesystem::path& path, std::size_t count, const SampleShape& shape,
                       std::string source, PackNotes notes) {
    const std::size_t attributes = attributes_of(notes, count, shape);
    std::size_t room = 1 << 20;  // for names, with HDF5's share
    for (const auto& name : notes.class_names) room += name.size() + 64;
    room += count * (shape.elements() + sizeof(Label) + sizeof(std::uint64_t)) + notes.attributes.size();
    state_.reset(
        new State{path, shape, std::move(source), std::move(notes), count, attributes, AtomicFile(path)});

    // HDF5 lays the file out; the images, nearly all of it, are then written past it. Room is reserved first,
    // so that a full disk shows before the work, and not inside HDF5, which recovers badly from it.
    state_->file.reserve(room);
    state_->offset = create_with_images(state_->file.temporary(), path.string(), count, shape);
    state_->file.reserve(room);
    state_->labels.reserve(count);
}

PackWriter::~PackWriter() = default;

void PackWriter::append(const Batch& batch) {
    batch.require(Content::bytes, "pack");
    const std::size_t begin = state_->labels.size();
    const std::size_t row_bytes = state_->shape.elements();
    for (std::size_t row = 0; row < batch.size(); ++row) {
        if (batch.ids()[row] != begin + row || begin + row >= state_->count || batch.shape() != state_->shape)
            throw Error("pack: sample " + std::to_string(batch.ids()[row]) + " is not the next one");
    }
    state_->pixels.resize(batch.size() * row_bytes);
    for (std::size_t row = 0; row < batch.size(); ++row) {
        pixels_from_planes(batch.bytes_to_read(row).data(), state_->shape.plane(), state_->shape.channels,
                           state_->pixels.data() + row * row_bytes);
    }
    state_->file.write_at(state_->offset + begin * row_bytes, std::as_bytes(std::span(state_->pixels)));
    state_->content.add(state_->pixels.data(), state_->pixels.size());
    state_->labels.insert(state_->labels.end(), batch.labels().begin(), batch.labels().end());
}

void PackWriter::commit(const std::string& source_fingerprint) {
    if (state_->labels.size() != state_->count) {
        throw Error("pack: " + std::to_string(state_->labels.size()) + " of " +
                    std::to_string(state_->count) + " samples were given");
    }
    state_->describe(source_fingerprint);
    state_->file.commit();
}

void write_pack(const Dataset& dataset, const std::filesystem::path& path, PackNotes notes) {
    const auto [form, shape] = dataset.format();
    if (form != Content::bytes) {
        throw ConfigError("data set '" + dataset.name() + "' delivers " + to_string(form) +
                          ": make bytes of them, and give those to a PackWriter");
    }
    constexpr std::size_t kBatch = 256;
    PackWriter writer(path, dataset.size(), shape, dataset.name(), std::move(notes));
    Batch batch({.capacity = kBatch, .shape = shape, .bytes = true, .values = false});
    std::vector<SampleId> ids;
    for (SampleId begin = 0; begin < dataset.size(); begin += ids.size()) {
        ids.resize(std::min<std::size_t>(kBatch, dataset.size() - begin));
        std::iota(ids.begin(), ids.end(), begin);
        batch.admit(0, 0, ids);
        dataset.read(batch);
        writer.append(batch);
    }
    writer.commit(dataset.fingerprint());
}

}  // namespace mollify
