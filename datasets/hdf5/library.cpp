#include <system_error>
#include <type_traits>

#include <hdf5.h>

#include <mollify/datasets/hdf5/library.hpp>
#include <mollify/stages/error.hpp>

namespace mollify::hdf5 {

static_assert(std::is_same_v<Id, hid_t> && std::is_same_v<int, herr_t>, "HDF5 before 1.10 is not supported");

namespace {

std::mutex& library_mutex() {
    static std::mutex mutex;
    return mutex;
}

/// Description of the innermost entry of the library's error stack, or "".
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
}

Session::~Session() { H5Eset_auto2(H5E_DEFAULT, print_, print_data_); }

void fail(const std::string& path, const std::string& place, const std::string& problem,
          const std::string& remedy) {
    const std::string message = innermost_message();
    const bool locked = message.find("lock") != std::string::npos;
    throw DataError(path, place, message.empty() ? problem : problem + ": HDF5 says: " + message,
                    locked ? "no other program may be writing the file; on network file systems set "
                             "HDF5_USE_FILE_LOCKING=FALSE"
                           : remedy);
}

Handle open_file(const std::filesystem::path& path) {
    std::error_code missing;
    if (!std::filesystem::is_regular_file(path, missing)) {
        throw DataError(path.string(), "", missing ? missing.message() : "is not a regular file",
                        "check the path");
    }
    Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    if (file) return file;
    const std::string cause = innermost_message();
    const bool is_hdf5 = H5Fis_hdf5(path.c_str()) > 0;
    H5Eclear2(H5E_DEFAULT);
    if (!is_hdf5)
        throw DataError(path.string(), "", "is not an HDF5 file, or cannot be read", "check the path");
    const bool locked = cause.find("lock") != std::string::npos;
    throw DataError(path.string(), "", "cannot open the file: HDF5 says: " + cause,
                    locked ? "no other program may be writing the file; on network file systems set "
                             "HDF5_USE_FILE_LOCKING=FALSE"
                           : "the file is cut short or damaged: copy or make it again");
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

Handle open_dataset(hid_t file, const std::string& path, const std::string& name) {
    Handle dataset(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
    if (dataset) return dataset;
    H5Eclear2(H5E_DEFAULT);
    std::string held;
    for (const auto& other : dataset_names(file)) held += (held.empty() ? "it holds " : ", ") + other;
    throw DataError(path, "data set '" + name + "'", "is missing from the file, or damaged",
                    held.empty() ? "the file holds no data set" : held);
}

std::vector<std::uint64_t> extents(hid_t dataset, const std::string& path, const std::string& name) {
    const Handle space(H5Dget_space(dataset), H5Sclose);
    const int rank = space ? H5Sget_simple_extent_ndims(space) : -1;
    if (rank < 1) fail(path, "data set '" + name + "'", "has no extents", "write an array");
    std::vector<hsize_t> sizes(static_cast<std::size_t>(rank));
    H5Sget_simple_extent_dims(space, sizes.data(), nullptr);
    return {sizes.begin(), sizes.end()};
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
