#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include <mollify/datasets/images/image_folder.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

namespace fs = std::filesystem;

struct Entries {
    std::vector<std::string> folders;
    std::vector<std::string> images;
};

/// Sorted names in a folder. The kind of an entry comes with its name, without a further look at the disk,
/// but for links.
Entries entries(const std::string& folder) {
    std::error_code error;
    fs::directory_iterator iterator(folder, error);
    Entries found;
    for (; !error && iterator != fs::directory_iterator(); iterator.increment(error)) {
        std::string name = iterator->path().filename().string();
        if (name.starts_with('.')) continue;
        std::error_code unknown;  // a dangling link is neither
        if (iterator->is_directory(unknown)) {
            found.folders.push_back(std::move(name));
        } else if (has_image_extension(name) && iterator->is_regular_file(unknown)) {
            found.images.push_back(std::move(name));
        }
    }
    if (error) {
        throw DataError(folder, "", "cannot be listed: " + error.message(),
                        "name an existing, readable folder of images");
    }
    std::ranges::sort(found.folders);
    std::ranges::sort(found.images);
    return found;
}

}  // namespace

bool has_image_extension(const std::string& name) {
    for (const std::string_view extension : {".jpg", ".jpeg", ".png"}) {
        if (name.size() < extension.size()) continue;
        const auto tail = std::string_view(name).substr(name.size() - extension.size());
        if (std::ranges::equal(tail, extension, [](char a, char b) { return a == b || (a ^ 0x20) == b; }))
            return true;
    }
    return false;
}

ImageFolder::ImageFolder(const std::string& folder, std::uint64_t max_file_bytes)
    : ImageFolder(folder, list(folder), max_file_bytes) {}

ImageFolder::ImageFolder(const std::string& folder, Listing listing, std::uint64_t max_file_bytes)
    : classes_(std::move(listing.classes)),
      class_ends_(std::move(listing.class_ends)),
      files_(folder, std::move(listing.names), max_file_bytes) {}

ImageFolder::Listing ImageFolder::list(const std::string& folder) {
    const std::string wanted = "images are *.jpg, *.jpeg or *.png, in the folder or in one folder per class";
    Listing listing;
    auto [folders, images] = entries(folder);
    if (!images.empty() && !folders.empty()) {
        throw DataError(folder, "",
                        "holds images (" + images.front() + ") beside folders (" + folders.front() + ")",
                        wanted + ", not in both");
    }
    listing.names = std::move(images);
    for (const std::string& name : folders) {
        const std::string path = folder + '/' + name;
        const auto [nested, members] = entries(path);
        if (!nested.empty())
            throw DataError(path + '/' + nested.front(), "", "a folder inside a class", wanted);
        if (members.empty())
            throw DataError(path, "", "a class without images", wanted + "; or remove the folder");
        for (const std::string& member : members) listing.names.push_back(name + '/' + member);
        listing.class_ends.push_back(listing.names.size());
    }
    listing.classes = std::move(folders);
    if (listing.names.empty()) throw DataError(folder, "", "no images", wanted);
    return listing;
}

Label ImageFolder::label(SampleId id) const {
    if (classes_.empty()) return kNoLabel;
    return static_cast<Label>(std::ranges::upper_bound(class_ends_, id) - class_ends_.begin());
}

void ImageFolder::read(Batch& batch, const RowLoop& rows) const {
    require_readable(*this, batch);
    files_.read(batch, rows);
    for (std::size_t row = 0; row < batch.size(); ++row) batch.labels()[row] = label(batch.ids()[row]);
}

std::string ImageFolder::fingerprint() const {
    Fingerprint fingerprint;
    files_.add_to(fingerprint);
    return name() + ':' + fingerprint.hex();
}

}  // namespace mollify
