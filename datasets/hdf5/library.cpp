#include <cstdio>
#include <fstream>
#include <string_view>
#include <system_error>
#include <type_traits>

#include <hdf5.h>

#include <mollify/datasets/hdf5/library.hpp>
#include <mollify/datasets/hdf5/lzf.hpp>
#include <mollify/stages/error.hpp>

namespace mollify::hdf5 {

static_assert(std::is_same_v<Id, hid_t> && std::is_same_v<int, herr_t>, "HDF5 before 1.10 is not supported");

namespace {

std::mutex& library_mutex() {
    static std::mutex mutex;
    return mutex;
}

Handle text_type() {
    Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

}  // namespace

Session::Session() : lock_(library_mutex()) {
    H5Eget_auto2(H5E_DEFAULT, &print_, &print_data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    [[maybe_unused]] static const bool registered = register_lzf();
}

Session::~Session() { H5Eset_auto2(H5E_DEFAULT, print_, print_data_); }

std::string innermost_message() {
    std::string message;
    const auto keep_first = [](unsigned, const H5E_error2_t* entry, void* text) -> herr_t {
        auto& kept = *static_cast<std::string*>(text);
        if (kept.empty() && entry->desc) kept = entry->desc;
        return 0;
    };
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &message);
    H5Eclear2(H5E_DEFAULT);
    return message;
}

void fail(const std::string& path, const std::string& place, const std::string& problem,
          const std::string& remedy) {
    const std::string message = innermost_message();
    throw DataError(path, place, message.empty() ? problem : problem + ": HDF5 says: " + message, remedy);
}

namespace {

/// Throws the DataError of a file that the library does not open, by what it says.
[[noreturn]] void fail_opening(const std::string& path) {
    constexpr const char* kAgain = "copy or make it again";
    const std::string cause = innermost_message();
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (!error && size == 0) throw DataError(path, "", "the file is empty (0 bytes)", kAgain);
    if (std::ifstream file(path); !file) throw DataError(path, "", "cannot be read", "check its permissions");
    if (!has_signature(path)) {
        throw DataError(path, "", "is not an HDF5 file by its first bytes",
                        "check the path; a download may have saved a page or an archive under this name");
    }
    unsigned long long held = 0;
    unsigned long long announced = 0;
    if (std::sscanf(cause.c_str(), "truncated file: eof = %llu, %*[^,], stored_eof = %llu", &held,
                    &announced) == 2) {
        throw DataError(path, "byte " + std::to_string(held),
                        "the file is cut short: it says that it has " + std::to_string(announced) + " bytes",
                        "copy it again, whole");
    }
    const auto says = [&](const char* words) { return cause.find(words) != std::string::npos; };
    if (says("consistency flags") || says("already open for")) {
        throw DataError(
            path, "", "is open for writing, or the program that wrote it ended early: HDF5 says: " + cause,
            "let that program end; where it is dead, mend a copy of the file: h5clear -s FILE.h5");
    }
    if (says("unable to lock") || says("lock the file")) {
        throw DataError(
            path, "", "is locked: HDF5 says: " + cause,
            "no other program may be writing the file; on network file systems set the environment "
            "variable HDF5_USE_FILE_LOCKING=FALSE");
    }
    throw DataError(path, "", "cannot open the file: HDF5 says: " + cause,
                    std::string("the file is cut short or damaged: ") + kAgain);
}

}  // namespace

bool has_signature(const std::filesystem::path& path) {
    constexpr std::string_view kSignature("\x89HDF\r\n\x1a\n", 8);
    std::ifstream file(path, std::ios::binary);
    std::string begin(kSignature.size(), '\0');
    // A block of the user's own may come first: of 512 bytes, or twice as many, and so on.
    for (std::streamoff at = 0; file.seekg(at) && file.read(begin.data(), 8); at = at == 0 ? 512 : 2 * at) {
        if (begin == kSignature) return true;
    }
    return false;
}

Handle open_file(const std::filesystem::path& path) {
    std::error_code missing;
    if (!std::filesystem::is_regular_file(path, missing)) {
        throw DataError(path.string(), "", missing ? missing.message() : "is not a regular file",
                        "check the path");
    }
    Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    if (!file) fail_opening(path.string());
    return file;
}

std::vector<std::string> dataset_names(hid_t file) {
    std::vector<std::string> names;
    const auto keep_datasets = [](hid_t, const char* name, const H5O_info_t* info, void* list) -> herr_t {
        if (info->type == H5O_TYPE_DATASET) static_cast<std::vector<std::string>*>(list)->emplace_back(name);
        return 0;
    };
    H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_NATIVE, keep_datasets, &names, H5O_INFO_BASIC);
    return names;
}

std::string described(hid_t file, const std::vector<std::string>& names) {
    constexpr std::size_t kMost = 20;
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i == kMost) return text + " and " + std::to_string(names.size() - kMost) + " more";
        const Handle set(H5Dopen2(file, names[i].c_str(), H5P_DEFAULT), H5Dclose);
        text += (text.empty() ? "" : ", ") + names[i];
        if (set) text += " " + to_string(extents(set)) + " " + type_name(set);
    }
    return text;
}

Handle open_dataset(hid_t file, const std::string& path, const std::string& name) {
    // The parts of a set that lie in other files are looked for beside this one.
    const Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
    H5Pset_efile_prefix(access, "${ORIGIN}");
    Handle dataset(H5Dopen2(file, name.c_str(), access), H5Dclose);
    if (dataset) return dataset;
    H5Eclear2(H5E_DEFAULT);
    const auto held = dataset_names(file);
    throw DataError(path, "data set '" + name + "'", "is missing from the file, or damaged",
                    held.empty() ? "the file holds no data set" : "it holds " + described(file, held));
}

std::vector<std::uint64_t> extents(hid_t dataset) {
    const Handle space(H5Dget_space(dataset), H5Sclose);
    const int rank = space ? H5Sget_simple_extent_ndims(space) : -1;
    if (rank < 1) return {};
    std::vector<hsize_t> sizes(static_cast<std::size_t>(rank));
    H5Sget_simple_extent_dims(space, sizes.data(), nullptr);
    return {sizes.begin(), sizes.end()};
}

std::vector<std::uint64_t> extents(hid_t dataset, const std::string& path, const std::string& name) {
    auto sizes = extents(dataset);
    if (sizes.empty()) fail(path, "data set '" + name + "'", "has no extents", "write an array");
    return sizes;
}

std::string to_string(const std::vector<std::uint64_t>& extents) {
    std::string text = "(";
    for (const auto extent : extents) text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
    return text + ")";
}

std::string type_name(hid_t dataset) {
    const Handle type(H5Dget_type(dataset), H5Tclose);
    const std::string bits = std::to_string(8 * H5Tget_size(type));
    switch (H5Tget_class(type)) {
        case H5T_FLOAT:
            return "float" + bits;
        case H5T_INTEGER:
            return (H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int") + bits;
        default:
            return "a type that is no number";
    }
}

std::vector<std::string> read_strings(hid_t object, const char* name) {
    const bool is_attribute = H5Aexists(object, name) > 0;
    if (!is_attribute && H5Lexists(object, name, H5P_DEFAULT) <= 0) return {};
    const Handle holder = is_attribute ? Handle(H5Aopen(object, name, H5P_DEFAULT), H5Aclose)
                                       : Handle(H5Dopen2(object, name, H5P_DEFAULT), H5Dclose);
    const Handle type(is_attribute ? H5Aget_type(holder) : H5Dget_type(holder), H5Tclose);
    const Handle space(is_attribute ? H5Aget_space(holder) : H5Dget_space(holder), H5Sclose);
    const auto read = [&](void* into) {
        return (is_attribute ? H5Aread(holder, type, into)
                             : H5Dread(holder, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, into)) >= 0;
    };
    const hssize_t count = space ? H5Sget_simple_extent_npoints(space) : 0;
    if (count <= 0 || count > 1'000'000 || H5Tget_class(type) != H5T_STRING) return {};
    std::vector<std::string> texts;
    if (H5Tis_variable_str(type) > 0) {
        std::vector<char*> pointers(static_cast<std::size_t>(count), nullptr);
        if (!read(pointers.data())) return {};
        for (const char* const text : pointers) texts.emplace_back(text ? text : "");
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
        return texts;
    }
    const std::size_t length = H5Tget_size(type);
    constexpr std::size_t kMostBytes = std::size_t{64} << 20;
    if (length > kMostBytes / static_cast<std::size_t>(count)) return {};
    std::string all(length * static_cast<std::size_t>(count), '\0');
    if (!read(all.data())) return {};
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        const std::string text = all.substr(i * length, length);
        texts.push_back(text.substr(0, text.find('\0')));
    }
    return texts;
}

bool write_string(hid_t object, const char* name, const std::string& text) {
    const Handle type = text_type();
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const Handle attribute(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    const char* const pointer = text.c_str();
    return attribute && H5Awrite(attribute, type, &pointer) >= 0;
}

bool write_strings(hid_t object, const char* name, const std::vector<std::string>& texts) {
    const Handle type = text_type();
    const hsize_t count = texts.size();
    const Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
    std::vector<const char*> pointers;
    for (const auto& text : texts) pointers.push_back(text.c_str());
    if (count > kMostAttributeTexts) {
        const Handle set(H5Dcreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                         H5Dclose);
        return set && H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()) >= 0;
    }
    const Handle attribute(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    return attribute && H5Awrite(attribute, type, pointers.data()) >= 0;
}

}  // namespace mollify::hdf5
