#include <algorithm>
#include <cctype>
#include <filesystem>
#include <system_error>

#include <mollify/datasets/images/image_folder.hpp>
#include <mollify/datasets/images/image_parts.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

namespace fs = std::filesystem;

/// Which part a folder of this name is; nullptr for none.
std::string* part_of(ImageParts& parts, std::string name) {
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (name == "train" || name == "training") return &parts.train;
    if (name == "val" || name == "valid" || name == "validation") return &parts.validation;
    if (name == "test" || name == "testing") return &parts.test;
    return nullptr;
}

}  // namespace

std::optional<ImageParts> find_image_parts(const std::string& folder) {
    ImageParts parts;
    std::vector<std::string> others;
    std::size_t loose = 0;  // images beside the folders
    std::error_code error;
    fs::directory_iterator iterator(folder, error);
    for (; !error && iterator != fs::directory_iterator(); iterator.increment(error)) {
        const std::string name = iterator->path().filename().string();
        std::error_code unknown;
        if (name.starts_with('.') || name == "__MACOSX") continue;
        if (!iterator->is_directory(unknown)) {
            loose += has_image_extension(name);
            continue;
        }
        std::string* const part = part_of(parts, name);
        if (!part) {
            others.push_back(name);
        } else if (!part->empty()) {
            throw DataError(folder, "", "holds both " + fs::path(*part).filename().string() + " and " + name,
                            "keep one of them: they would be the same part");
        } else {
            *part = iterator->path().string();
        }
    }
    const bool more = !parts.validation.empty() || !parts.test.empty();
    if (parts.train.empty() || (!more && !others.empty())) return std::nullopt;
    std::ranges::sort(others);
    for (const std::string& name : others)
        parts.remarks.push_back(folder + '/' + name + ": passed over, beside the folders of the parts");
    if (loose > 0) {
        parts.remarks.push_back(folder + ": passed over " + std::to_string(loose) +
                                " images beside the folders of the parts");
    }
    return parts;
}

}  // namespace mollify
