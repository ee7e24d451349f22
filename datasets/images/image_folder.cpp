#include <algorithm>
#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

#include <mollify/datasets/images/image_folder.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWanted =
    "images are *.jpg, *.jpeg, *.jpe, *.jfif or *.png, in the folder or in one folder per class";
constexpr int kDeepest = 16;  // folders within a class; a link that leads back would have no end

/// The ending of a name in small letters, for has_image_extension() and for people.
std::string ending(const std::string& name) {
    std::string extension = fs::path(name).extension().string();
    for (char& c : extension) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return extension.empty() ? "without ending" : extension;
}

/// How many names of each ending.
using Counts = std::map<std::string, std::size_t>;

/// "7 (.jpg 5, .png 2)"
std::string text(const Counts& counts) {
    std::size_t total = 0;
    std::string parts;
    for (const auto& [what, count] : counts) {
        total += count;
        parts += (parts.empty() ? "" : ", ") + what + " " + std::to_string(count);
    }
    return std::to_string(total) + " (" + parts + ")";
}

struct Entries {
    std::vector<std::string> folders;
    std::vector<std::string> images;
};

/// Looks through folders, and remembers what it saw.
class Walk {
  public:
    /// Sorted names in a folder. The kind of an entry comes with its name, without a further look at the disk,
    /// but for links.
    Entries entries(const std::string& folder) {
        std::error_code error;
        fs::directory_iterator iterator(folder, error);
        Entries found;
        for (; !error && iterator != fs::directory_iterator(); iterator.increment(error)) {
            const std::string name = iterator->path().filename().string();
            std::error_code unknown;
            const auto status = iterator->status(unknown);
            if (name.starts_with('.') || name == "__MACOSX") {
                ++passed_over_[name.starts_with('.') ? "hidden" : name];
            } else if (!fs::exists(status)) {
                if (broken_++ == 0) first_broken_ = iterator->path();
            } else if (fs::is_directory(status)) {
                found.folders.push_back(name);
            } else if (has_image_extension(name) && fs::is_regular_file(status)) {
                ++read_[ending(name)];
                found.images.push_back(name);
            } else {
                ++passed_over_[ending(name)];
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

    /// The images of `root`/`folder` and of all folders in it, as paths below `root`, folder after folder.
    std::vector<std::string> below(const std::string& root, const std::string& folder) {
        std::vector<std::pair<std::string, std::vector<std::string>>> found;
        collect(root, folder, 0, found);
        std::ranges::sort(found);
        std::vector<std::string> paths;
        for (const auto& [place, images] : found) {
            for (const std::string& image : images) paths.push_back(place + '/' + image);
        }
        return paths;
    }

    /// Links that lead nowhere would be samples, or whole classes, that are missing without a word.
    void refuse_broken_links() const {
        if (broken_ == 0) return;
        std::error_code ignored;
        throw DataError(
            first_broken_.string(), "",
            "is a link to " + fs::read_symlink(first_broken_, ignored).string() + ", which is not there" +
                (broken_ > 1 ? " (as are " + std::to_string(broken_ - 1) + " other links of the folder)"
                             : ""),
            "fetch the files (git annex get, dvc pull), or remove the links");
    }

    std::string passed_over() const {
        return passed_over_.empty() ? "" : "; passed over " + text(passed_over_);
    }
    std::vector<std::string> remarks(const std::string& folder) const {
        if (passed_over_.empty()) return {};
        return {folder + ": read " + text(read_) + passed_over()};
    }

  private:
    void collect(const std::string& root, const std::string& folder, int depth,
                 std::vector<std::pair<std::string, std::vector<std::string>>>& found) {
        if (depth > kDeepest) {
            throw DataError(root + '/' + folder, "",
                            "is more than " + std::to_string(kDeepest) + " folders deep",
                            "remove the link that leads back to a folder above it, or have fewer folders");
        }
        auto [folders, images] = entries(root + '/' + folder);
        found.emplace_back(folder, std::move(images));
        for (const std::string& nested : folders) collect(root, folder + '/' + nested, depth + 1, found);
    }

    Counts read_;
    Counts passed_over_;
    std::size_t broken_ = 0;
    fs::path first_broken_;
};

}  // namespace

bool has_image_extension(const std::string& name) {
    static constexpr std::string_view kEndings[] = {".jpg", ".jpeg", ".jpe", ".jfif", ".png"};
    return std::ranges::find(kEndings, ending(name)) != std::end(kEndings);
}

ImageFolder::ImageFolder(const std::string& folder, std::uint64_t max_file_bytes)
    : ImageFolder(folder, list(folder), max_file_bytes) {}

ImageFolder::ImageFolder(const std::string& folder, Listing listing, std::uint64_t max_file_bytes)
    : class_names_(std::move(listing.class_names)),
      class_ends_(std::move(listing.class_ends)),
      remarks_(std::move(listing.remarks)),
      files_(folder, std::move(listing.names), max_file_bytes) {}

ImageFolder::Listing ImageFolder::list(const std::string& folder) {
    Listing listing;
    Walk walk;
    auto [folders, images] = walk.entries(folder);
    if (!images.empty() && !folders.empty()) {
        throw DataError(folder, "",
                        "holds images (" + images.front() + ") beside folders (" + folders.front() + ")",
                        std::string(kWanted) + ", not in both");
    }
    listing.names = std::move(images);
    for (const std::string& name : folders) {
        const auto members = walk.below(folder, name);
        walk.refuse_broken_links();
        if (members.empty()) {
            throw DataError(folder + '/' + name, "", "a class without images" + walk.passed_over(),
                            std::string(kWanted) + "; or remove the folder");
        }
        listing.names.insert(listing.names.end(), members.begin(), members.end());
        listing.class_ends.push_back(listing.names.size());
    }
    walk.refuse_broken_links();
    listing.class_names = std::move(folders);
    if (listing.names.empty()) throw DataError(folder, "", "no images" + walk.passed_over(), kWanted);
    listing.remarks = walk.remarks(folder);
    return listing;
}

Label ImageFolder::label(SampleId id) const {
    if (class_names_.empty()) return kNoLabel;
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
