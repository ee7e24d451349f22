#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <mollify/datasets/images/celeba.hpp>
#include <mollify/datasets/images/celeba_lists.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxListBytes = std::uint64_t{256} << 20;  // the attribute list has 27 MB
constexpr const char* kLayout =
    "CelebA has img_align_celeba/000001.jpg …, list_eval_partition.txt and list_attr_celeba.txt (or .csv) in "
    "one folder";

/// The list called `stem`, as text or CSV, in the folder itself or in `subfolder`; "" where there is none.
std::string find_list(const std::string& folder, const std::string& subfolder, const std::string& stem) {
    for (const std::string& place : {folder, folder + '/' + subfolder}) {
        for (const char* extension : {".txt", ".csv"}) {
            std::string path = place + '/' + stem + extension;
            std::error_code error;
            if (fs::is_regular_file(path, error)) return path;
        }
    }
    return {};
}

std::string find_partition(const std::string& folder) {
    return find_list(folder, "Eval", "list_eval_partition");
}

/// The folder of images; "" for none.
std::string find_images(const std::string& folder) {
    for (const char* place :
         {"img_align_celeba/img_align_celeba", "img_align_celeba", "Img/img_align_celeba"}) {
        std::string path = folder + '/' + place;
        std::error_code error;
        if (fs::is_directory(path, error)) return path;
    }
    return {};
}

std::unordered_set<std::string> names_in(const std::string& folder) {
    std::error_code error;
    std::unordered_set<std::string> names;
    fs::directory_iterator iterator(folder, error);
    for (; !error && iterator != fs::directory_iterator(); iterator.increment(error)) {
        names.insert(iterator->path().filename().string());
    }
    if (error) throw DataError(folder, "", "cannot be listed: " + error.message(), "check its permissions");
    return names;
}

/// The name under which the image that a list calls `listed` is there: the same, or that of a PNG file; "" for none.
std::string present_name(const std::string& listed, const std::unordered_set<std::string>& present) {
    if (present.contains(listed)) return listed;
    std::string png = fs::path(listed).replace_extension(".png").string();
    return present.contains(png) ? png : "";
}

const char* part_name(const std::optional<Split>& split) { return split ? to_string(*split) : "all"; }

std::string read_text(const std::string& path) {
    std::vector<std::byte> bytes;
    read_file(path, kMaxListBytes, bytes);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The attributes of `files` (as the lists call them), by name, as the two lists need not have the same order.
std::vector<std::uint64_t> bits_of(const std::vector<std::string>& files, const CelebAAttributes& attributes,
                                   const std::string& path) {
    std::unordered_map<std::string_view, std::uint64_t> by_name;
    by_name.reserve(attributes.files.size());
    for (std::size_t i = 0; i < attributes.files.size(); ++i)
        by_name.emplace(attributes.files[i], attributes.bits[i]);
    std::vector<std::uint64_t> bits;
    bits.reserve(files.size());
    for (const std::string& file : files) {
        const auto found = by_name.find(file);
        if (found == by_name.end())
            throw DataError(path, "", "has no line for " + file, "restore the list as it was distributed");
        bits.push_back(found->second);
    }
    return bits;
}

}  // namespace

std::string find_celeba(const std::string& folder) {
    for (const char* place : {"", "/celeba", "/CelebA"}) {
        const std::string path = folder + place;
        if (!find_images(path).empty() && !find_partition(path).empty()) return path;
    }
    return {};
}

CelebA::CelebA(const CelebAOptions& options) : CelebA(options, index(options)) {}

CelebA::CelebA(const CelebAOptions& options, Index index)
    : split_(options.split),
      attribute_names_(std::move(index.attribute_names)),
      bits_(std::move(index.bits)),
      remarks_(std::move(index.remarks)),
      label_bit_(kNone),
      files_(std::move(index.images), std::move(index.files), options.max_file_bytes) {
    if (options.attribute.empty()) return;
    const auto found = std::ranges::find(attribute_names_, options.attribute);
    if (found == attribute_names_.end()) {
        throw ConfigError("CelebA has no attribute '" + options.attribute + "'" +
                          suggestion(options.attribute, attribute_names_));
    }
    label_bit_ = static_cast<std::size_t>(found - attribute_names_.begin());
}

CelebA::Index CelebA::index(const CelebAOptions& options) {
    std::error_code error;
    if (!fs::is_directory(options.folder, error)) {
        throw DataError(options.folder, "", "is not a folder", kLayout);
    }
    const std::string found = find_celeba(options.folder);
    const std::string& folder = found.empty() ? options.folder : found;
    Index index;
    index.images = find_images(folder);
    if (index.images.empty()) throw DataError(folder, "", "no folder img_align_celeba in it", kLayout);
    const std::string list = find_partition(folder);
    if (list.empty()) throw DataError(folder, "", "no list_eval_partition.txt or .csv in it", kLayout);
    CelebAPartition partition = parse_celeba_partition(read_text(list), list);

    const std::unordered_set<std::string> present = names_in(index.images);
    std::vector<std::string> listed;
    std::size_t renamed = 0;
    for (std::size_t i = 0; i < partition.files.size(); ++i) {
        if (options.split && partition.parts[i] != *options.split) continue;
        std::string& file = partition.files[i];
        std::string name = present_name(file, present);
        if (name.empty()) {
            throw DataError(list, "line " + std::to_string(partition.first_line + i),
                            "names " + file + ", which is not in " + index.images,
                            "unpack img_align_celeba.zip again, whole");
        }
        renamed += name != file;
        index.files.push_back(std::move(name));
        listed.push_back(std::move(file));
    }
    if (index.files.empty()) {
        throw DataError(list, "", std::string("no images in split ") + part_name(options.split),
                        "choose another split");
    }
    if (renamed > 0) {
        index.remarks.push_back(index.images + ": PNG files stand for " + std::to_string(renamed) +
                                " images that the list calls otherwise (split " + part_name(options.split) +
                                ")");
    }

    const std::string attribute_list = find_list(folder, "Anno", "list_attr_celeba");
    if (!attribute_list.empty()) {
        CelebAAttributes attributes = parse_celeba_attributes(read_text(attribute_list), attribute_list);
        index.bits = bits_of(listed, attributes, attribute_list);
        index.attribute_names = std::move(attributes.names);
    } else if (!options.attribute.empty()) {
        throw DataError(folder, "", "no list_attr_celeba.txt or .csv in it", kLayout);
    }
    return index;
}

std::string CelebA::name() const { return std::string("celeba/") + part_name(split_); }

void CelebA::read(Batch& batch, const RowLoop& rows) const {
    require_readable(*this, batch);
    files_.read(batch, rows);
    if (label_bit_ == kNone) return;
    for (std::size_t row = 0; row < batch.size(); ++row) {
        batch.labels()[row] = static_cast<Label>(bits_[batch.ids()[row]] >> label_bit_ & 1);
    }
}

std::string CelebA::fingerprint() const {
    Fingerprint fingerprint;
    files_.add_to(fingerprint);
    for (const std::string& attribute : attribute_names_) fingerprint.add(attribute);
    for (const std::uint64_t bits : bits_) fingerprint.add(bits);
    fingerprint.add(std::uint64_t{label_bit_});
    return name() + ':' + fingerprint.hex();
}

}  // namespace mollify
