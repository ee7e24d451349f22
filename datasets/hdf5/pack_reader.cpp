#include <limits>

#include <hdf5.h>

#include <mollify/datasets/hdf5/interleave.hpp>
#include <mollify/datasets/hdf5/library.hpp>
#include <mollify/datasets/hdf5/pack.hpp>
#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/kernel/philox.hpp>

namespace mollify {
namespace {

std::string place_of(const char* name) { return std::string("data set '") + name + "'"; }

bool exists(hid_t file, const char* name) { return H5Lexists(file, name, H5P_DEFAULT) > 0; }

/// Where the images begin in the file, having checked that they lie there as plain bytes.
std::size_t image_offset(hid_t images, const MappedFile& file, std::size_t bytes) {
    const std::string& path = file.path();
    const std::string place = place_of("images");
    const hdf5::Handle creation(H5Dget_create_plist(images), H5Pclose);
    if (H5Pget_layout(creation) != H5D_CONTIGUOUS || H5Pget_external_count(creation) != 0) {
        throw DataError(path, place, "is not stored in one piece",
                        "convert it: h5repack -f images:NONE -l images:CONTI in.h5 out.h5");
    }
    const haddr_t offset = H5Dget_offset(images);
    if (offset == HADDR_UNDEF) throw DataError(path, place, "was never written", "write the images");
    if (offset > file.size() || bytes > file.size() - offset) {
        throw DataError(path, place + ", byte " + std::to_string(file.size()),
                        "the file is cut short: the images end at byte " + std::to_string(offset + bytes),
                        "copy or make it again");
    }
    return offset;
}

/// What the numbers of a data set are called, and which are allowed.
struct Allowed {
    const char* noun;
    std::int64_t least;
    std::int64_t most;
    const char* remedy;
};

/// A data set of integers of any type with `count` entries in its first extent. They are read as int64 and
/// checked, since HDF5 takes the nearest number for one that does not fit.
template <class T>
std::vector<T> read_integers(hid_t file, const std::string& path, const char* name, std::size_t rank,
                             std::uint64_t count, const Allowed& allowed) {
    const auto set = hdf5::open_dataset(file, path, name);
    const auto extents = hdf5::extents(set, path, name);
    if (extents.size() != rank || extents[0] != count) {
        throw DataError(
            path, place_of(name),
            "has shape " + hdf5::to_string(extents) + " beside " + std::to_string(count) + " images",
            rank == 1 ? "write one number per image" : "write one row per image");
    }
    const hdf5::Handle stored(H5Dget_type(set), H5Tclose);
    if (H5Tget_class(stored) != H5T_INTEGER) {
        throw DataError(path, place_of(name), "holds " + hdf5::type_name(set), "write integers");
    }
    const std::uint64_t width = rank == 2 ? extents[1] : 1;
    if (width > 65'536) throw DataError(path, place_of(name), "has more than 65536 columns", "write fewer");
    std::vector<std::int64_t> wide(count * width);
    if (!wide.empty() && H5Dread(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, wide.data()) < 0) {
        hdf5::fail(path, place_of(name), "cannot be read", "the file is damaged: copy or make it again");
    }
    for (std::size_t i = 0; i < wide.size(); ++i) {
        if (wide[i] >= allowed.least && wide[i] <= allowed.most) continue;
        throw DataError(
            path, place_of(name) + ", record " + std::to_string(i / width),
            std::string("the ") + allowed.noun + ' ' + std::to_string(wide[i]) + " is out of range",
            allowed.remedy);
    }
    return {wide.begin(), wide.end()};
}

std::string text_attribute(hid_t file, const char* name) {
    const auto texts = hdf5::read_strings(file, name);
    return texts.empty() ? "" : texts.front();
}

}  // namespace

PackDataset::PackDataset(const std::filesystem::path& path) : file_(path, MappedFile::Access::random) {
    const hdf5::Session session;
    const auto file = hdf5::open_file(path);
    const auto images = hdf5::open_dataset(file, file_.path(), "images");
    const auto extents = hdf5::extents(images, file_.path(), "images");
    std::size_t bytes = 1;
    bool fits = extents.size() == 4;
    for (const auto extent : extents)
        fits = fits && extent > 0 && !__builtin_mul_overflow(bytes, extent, &bytes);
    if (!fits) {
        throw DataError(file_.path(), place_of("images"),
                        "has shape " + hdf5::to_string(extents) + ", not N×H×W×C of images",
                        "write uint8 images with the channels last");
    }
    if (const auto type = hdf5::type_name(images); type != "uint8") {
        throw DataError(file_.path(), place_of("images"), "holds " + type, "write uint8 images");
    }
    offset_ = image_offset(images, file_, bytes);
    size_ = extents[0];
    shape_ = {extents[3], extents[1], extents[2]};

    if (exists(file, "labels")) {
        labels_ = read_integers<Label>(
            file, file_.path(), "labels", 1, size_,
            {"label", kNoLabel, std::numeric_limits<Label>::max(), "write labels from 0, or -1 for none"});
    }
    if (exists(file, "ids")) {
        source_ids_ = read_integers<SampleId>(file, file_.path(), "ids", 1, size_,
                                              {"id", 0, kAddressLimit - 1, "write ids from 0, below 2^44"});
    }
    if (exists(file, "attributes")) {
        attributes_ = read_integers<std::uint8_t>(file, file_.path(), "attributes", 2, size_,
                                                  {"attribute", 0, 255, "write attributes from 0 to 255"});
        attribute_names_ = hdf5::read_strings(hdf5::open_dataset(file, file_.path(), "attributes"), "names");
    }
    class_names_ = hdf5::read_strings(file, "class_names");
    name_ = text_attribute(file, "source");
    if (name_.empty()) name_ = path.stem().string();
    content_fingerprint_ = text_attribute(file, "content_fingerprint");
}

void PackDataset::read(Batch& batch, const RowLoop& rows) const {
    require_readable(*this, batch);
    const std::size_t row_bytes = shape_.elements();
    const std::uint8_t* const images = file_.data() + offset_;
    rows(batch.size(), [&](std::size_t row) {
        const auto ids = batch.ids();
        if (row + 1 < ids.size()) prefetch(images + ids[row + 1] * row_bytes, row_bytes);
        planes_from_pixels(images + ids[row] * row_bytes, shape_.plane(), shape_.channels,
                           batch.bytes(row).data());
        if (!labels_.empty()) batch.labels()[row] = labels_[ids[row]];
    });
    batch.set_content(Content::bytes);
}

std::string PackDataset::origin(SampleId id) const {
    return file_.path() + ", data set 'images', record " + std::to_string(id);
}

std::string PackDataset::fingerprint() const {
    Fingerprint print;
    print.add(std::uint64_t{size_});
    print.add(to_string(shape_));
    print.add(labels_.data(), labels_.size() * sizeof(Label));
    if (content_fingerprint_.empty()) {
        print.add(file_.data() + offset_, size_ * shape_.elements());
    } else {
        print.add(content_fingerprint_);
    }
    return print.hex();
}

}  // namespace mollify
