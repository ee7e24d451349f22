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

/// A sample that the transform refuses is named with where it comes from.
void transform(const Dataset& dataset, Batch& batch, const PackOptions& options) {
    try {
        options.transform(batch);
    } catch (const SampleError& error) {
        throw DataError(dataset.origin(error.sample()), "sample " + std::to_string(error.sample()),
                        error.what(), "");
    }
}

SampleShape packed_shape(const Dataset& dataset, const PackOptions& options) {
    const auto [content, shape] = dataset.format();
    std::vector<std::string> problems;
    if (!options.transform && content != Content::bytes) {
        problems.push_back("data set '" + dataset.name() + "' delivers " + to_string(content) +
                           ": give a transform that makes bytes of them");
    }
    const SampleShape packed = options.transform ? options.shape : shape;
    if (packed.elements() == 0) problems.push_back("the shape of the packed images is not given");
    if (dataset.size() == 0) problems.push_back("the data set is empty");
    if (options.batch_size == 0) problems.push_back("batch_size is 0: use at least 1");
    if (options.attributes.size() != dataset.size() * options.attribute_names.size()) {
        problems.push_back(std::to_string(options.attributes.size()) + " attribute values for " +
                           std::to_string(dataset.size()) + " samples with " +
                           std::to_string(options.attribute_names.size()) + " attributes");
    }
    if (options.attribute_names.size() > hdf5::kMostAttributeTexts) {
        problems.push_back(std::to_string(options.attribute_names.size()) +
                           " attributes: a pack names at most " + std::to_string(hdf5::kMostAttributeTexts));
    }
    if (!problems.empty()) throw ConfigError(std::move(problems));
    return packed;
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

/// Adds everything that stands beside the images.
void add_descriptions(const std::filesystem::path& temporary, const std::string& path, const Dataset& dataset,
                      const PackOptions& options, const std::vector<Label>& labels,
                      const std::string& content) {
    std::vector<std::uint64_t> ids(labels.size());
    std::iota(ids.begin(), ids.end(), std::uint64_t{0});
    const hsize_t extents[] = {labels.size(), options.attribute_names.size()};
    const std::span<const hsize_t> rows(extents, 1);
    const std::string source = dataset.fingerprint();

    const hdf5::Session session;
    hdf5::Handle file(H5Fopen(temporary.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    const bool written =
        file && add_dataset(file, "labels", H5T_STD_I32LE, H5T_NATIVE_INT32, rows, labels.data()) &&
        add_dataset(file, "ids", H5T_STD_U64LE, H5T_NATIVE_UINT64, rows, ids.data()) &&
        (options.attributes.empty() ||
         add_dataset(file, "attributes", H5T_STD_U8LE, H5T_NATIVE_UINT8, extents, options.attributes.data(),
                     options.attribute_names)) &&
        add_version(file) && hdf5::write_string(file, "source", dataset.name()) &&
        hdf5::write_string(file, "source_fingerprint", source) &&
        hdf5::write_string(file, "content_fingerprint", content) &&
        (options.class_names.empty() || hdf5::write_strings(file, "class_names", options.class_names)) &&
        H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0;
    if (!written || !file.close()) hdf5::fail(path, "", "cannot write the file", kRetry);
}

}  // namespace

void write_pack(const Dataset& dataset, const std::filesystem::path& path, const PackOptions& options) {
    const SampleShape shape = packed_shape(dataset, options);
    const std::size_t count = dataset.size();
    const std::size_t row_bytes = shape.elements();
    std::size_t room_for_names = 1 << 20;
    for (const auto& name : options.class_names) room_for_names += name.size() + 64;  // with HDF5's share
    const std::size_t room = count * (row_bytes + sizeof(Label) + sizeof(std::uint64_t)) +
                             options.attributes.size() + room_for_names;

    // HDF5 lays the file out; the images, nearly all of it, are then written past it. Room is reserved first,
    // so that a full disk shows before the work, and not inside HDF5, which recovers badly from it.
    AtomicFile file(path);
    file.reserve(room);
    const std::size_t offset = create_with_images(file.temporary(), path.string(), count, shape);
    file.reserve(room);

    Batch batch({.capacity = std::min(options.batch_size, count),
                 .shape = shape,
                 .encoded = dataset.format().content == Content::encoded,
                 .bytes = true,
                 .values = dataset.format().content == Content::values});
    std::vector<SampleId> ids;
    std::vector<Label> labels;
    std::vector<std::uint8_t> pixels(batch.capacity() * row_bytes);
    Fingerprint content;
    labels.reserve(count);
    for (std::size_t begin = 0; begin < count; begin += ids.size()) {
        ids.resize(std::min(batch.capacity(), count - begin));
        std::iota(ids.begin(), ids.end(), SampleId{begin});
        batch.admit(0, 0, ids);
        dataset.read(batch, options.rows);
        if (options.transform) transform(dataset, batch, options);
        batch.require(Content::bytes, "write_pack");
        for (std::size_t row = 0; row < ids.size(); ++row) {
            pixels_from_planes(batch.bytes_to_read(row).data(), shape.plane(), shape.channels,
                               pixels.data() + row * row_bytes);
        }
        const auto written = std::span(pixels).first(ids.size() * row_bytes);
        file.write_at(offset + begin * row_bytes, std::as_bytes(written));
        content.add(written.data(), written.size());
        labels.insert(labels.end(), batch.labels().begin(), batch.labels().end());
    }
    add_descriptions(file.temporary(), path.string(), dataset, options, labels, content.hex());
    file.commit();
}

}  // namespace mollify
