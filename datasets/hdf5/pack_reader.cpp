#include <algorithm>
#include <cstring>
#include <limits>

#include <hdf5.h>

#include <mollify/datasets/hdf5/images.hpp>
#include <mollify/datasets/hdf5/interleave.hpp>
#include <mollify/datasets/hdf5/library.hpp>
#include <mollify/datasets/hdf5/pack.hpp>
#include <mollify/datasets/hdf5/stored.hpp>
#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/datasets/storage/memory.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/kernel/philox.hpp>

namespace mollify {
namespace {

std::string place_of(const std::string& name) { return "data set '" + name + "'"; }

bool exists(hid_t file, const char* name) { return H5Lexists(file, name, H5P_DEFAULT) > 0; }

/// The data set of images that is meant where none is named.
std::string find_images(hid_t file, const std::string& path) {
    if (exists(file, "images")) return "images";
    const auto found = hdf5::image_sets(file);
    if (found.size() == 1) return found.front();
    if (!found.empty()) {
        throw DataError(path, "", "holds several data sets of images: " + hdf5::described(file, found),
                        "name one: --set data.dataset=" + found.front());
    }
    const auto all = hdf5::dataset_names(file);
    throw DataError(path, "",
                    all.empty() ? "holds no data set" : "holds no images: " + hdf5::described(file, all),
                    "images are uint8, N×H×W×C or N×C×H×W; for a table of numbers take --preset own/table");
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
    std::uint64_t numbers = 0;
    if (__builtin_mul_overflow(count, width * sizeof(std::int64_t), &numbers)) numbers = ~std::uint64_t{0};
    require_memory(path, place_of(name), numbers, "all of it", "use a part of it");
    hdf5::require_stored(set, path, place_of(name));
    std::vector<std::int64_t> wide(count * width);
    if (!wide.empty() && H5Dread(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, wide.data()) < 0) {
        hdf5::fail_reading(set, path, place_of(name), {0, count});
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

PackDataset::PackDataset(const std::filesystem::path& path, const std::string& images)
    : path_(path.string()) {
    const hdf5::Session session;
    auto file = hdf5::open_file(path);
    images_name_ = images.empty() ? find_images(file, path_) : images;
    const std::string place = place_of(images_name_);
    {
        const auto set = hdf5::open_dataset(file, path_, images_name_);
        const auto extents = hdf5::extents(set, path_, images_name_);
        const auto layout = hdf5::image_layout(extents, H5Aexists(file, "mollify_pack") > 0);
        if (!layout) {
            throw DataError(path_, place,
                            "has shape " + hdf5::to_string(extents) + ", not N×H×W×C or N×C×H×W of images",
                            "write uint8 images with the channels last, 1 to 4 of them");
        }
        if (const auto type = hdf5::type_name(set); type != "uint8") {
            throw DataError(
                path_, place, "holds " + type,
                "write uint8 images: with h5py, f['images'] = array.astype('uint8'), from 0 to 255");
        }
        size_ = layout->count;
        shape_ = layout->shape;
        channels_first_ = layout->channels_first;
    }

    if (exists(file, "labels")) {
        labels_ = read_integers<Label>(
            file, path_, "labels", 1, size_,
            {"label", kNoLabel, std::numeric_limits<Label>::max(), "write labels from 0, or -1 for none"});
    }
    if (exists(file, "ids")) {
        source_ids_ = read_integers<SampleId>(file, path_, "ids", 1, size_,
                                              {"id", 0, kAddressLimit - 1, "write ids from 0, below 2^44"});
    }
    if (exists(file, "attributes")) {
        notes_.attributes = read_integers<std::uint8_t>(
            file, path_, "attributes", 2, size_, {"attribute", 0, 255, "write attributes from 0 to 255"});
        notes_.attribute_names = hdf5::read_strings(hdf5::open_dataset(file, path_, "attributes"), "names");
    }
    notes_.class_names = hdf5::read_strings(file, "class_names");
    name_ = text_attribute(file, "source");
    if (name_.empty()) name_ = path.stem().string();
    content_fingerprint_ = text_attribute(file, "content_fingerprint");

    auto others = hdf5::dataset_names(file);
    std::erase_if(others, [&](const std::string& name) {
        return name == images_name_ || name == "labels" || name == "ids" || name == "attributes" ||
               name == "class_names";
    });
    passed_over_ = hdf5::described(file, others);
    images_ = std::make_shared<const hdf5::ImageRows>(std::move(file), path_, images_name_, size_,
                                                      shape_.elements());
}

void PackDataset::read(Batch& batch, const RowLoop& rows) const {
    require_readable(*this, batch);
    rows(batch.size(), [&](std::size_t row) {
        thread_local std::vector<std::uint8_t> room;
        const auto ids = batch.ids();
        if (row + 1 < ids.size()) images_->prefetch(ids[row + 1]);
        const std::uint8_t* const image = images_->row(ids[row], room);
        if (channels_first_) {
            std::memcpy(batch.bytes(row).data(), image, shape_.elements());
        } else {
            planes_from_pixels(image, shape_.plane(), shape_.channels, batch.bytes(row).data());
        }
        if (!labels_.empty()) batch.labels()[row] = labels_[ids[row]];
    });
    batch.set_content(Content::bytes);
}

std::string PackDataset::origin(SampleId id) const {
    return path_ + ", " + place_of(images_name_) + ", record " + std::to_string(id);
}

std::string PackDataset::storage() const {
    return (channels_first_ ? "N×C×H×W" : "N×H×W×C") +
           std::string(images_->mapped() ? ", in one piece" : ", read through HDF5, one at a time");
}

std::string PackDataset::fingerprint() const {
    Fingerprint print;
    print.add(std::uint64_t{size_});
    print.add(to_string(shape_));
    print.add(labels_.data(), labels_.size() * sizeof(Label));
    if (content_fingerprint_.empty()) {
        std::vector<std::uint8_t> room;
        for (std::size_t i = 0; i < size_; ++i) print.add(images_->row(i, room), shape_.elements());
    } else {
        print.add(content_fingerprint_);
    }
    return print.hex();
}

}  // namespace mollify
