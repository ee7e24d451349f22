#include <algorithm>
#include <cmath>

#include <hdf5.h>

#include <mollify/datasets/hdf5/images.hpp>
#include <mollify/datasets/hdf5/library.hpp>
#include <mollify/datasets/hdf5/stored.hpp>
#include <mollify/datasets/hdf5/table.hpp>
#include <mollify/datasets/storage/memory.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

[[noreturn]] void fail_images(hid_t file, const std::string& path, const std::vector<std::string>& images) {
    throw DataError(path, "", "holds images, no table: " + hdf5::described(file, images),
                    "take --preset own/images --set data.set=pack --data " + path +
                        (images.front() == "images" ? "" : " --set data.dataset=" + images.front()));
}

/// The data set that is meant where none is named.
std::string only_dataset(hid_t file, const std::string& path) {
    const auto names = hdf5::dataset_names(file);
    if (names.size() == 1) return names.front();
    if (names.empty())
        throw DataError(path, "", "holds no data set", "write a table of N rows and D columns");
    const auto table = std::ranges::find_if(names, [&](const std::string& name) {
        return hdf5::extents(hdf5::open_dataset(file, path, name)).size() == 2;
    });
    const std::string held = "holds several data sets: " + hdf5::described(file, names);
    if (const auto images = hdf5::image_sets(file); table == names.end() && !images.empty())
        fail_images(file, path, images);
    if (table == names.end()) {
        throw DataError(path, "", held + "; none of them is a table",
                        "write the columns side by side as one data set of N rows and D columns: with h5py, "
                        "f['table'] = numpy.column_stack([…])");
    }
    throw DataError(path, "", held, "name the one that is meant: --set data.dataset=" + *table);
}

}  // namespace

Table read_hdf5_table(const std::filesystem::path& path, const std::string& dataset) {
    const hdf5::Session session;
    const std::string source = path.string();
    const auto file = hdf5::open_file(path);
    const std::string name = dataset.empty() ? only_dataset(file, source) : dataset;
    const std::string place = "data set '" + name + "'";
    const auto set = hdf5::open_dataset(file, source, name);

    const auto extents = hdf5::extents(set, source, name);
    if (extents.size() >= 3 && extents.size() <= 4 && hdf5::type_name(set) == "uint8")
        fail_images(file, source, {name});
    if (extents.size() != 2 || extents[0] == 0 || extents[1] == 0) {
        throw DataError(source, place, "has shape " + hdf5::to_string(extents) + ", not that of a table",
                        extents.size() == 4 ? "write N rows and D columns; images are uint8, from 0 to 255"
                                            : "write N rows and D columns");
    }
    const hdf5::Handle type(H5Dget_type(set), H5Tclose);
    if (const auto kind = H5Tget_class(type); kind != H5T_FLOAT && kind != H5T_INTEGER) {
        throw DataError(source, place, "holds " + hdf5::type_name(set), "write integers or floats");
    }
    std::size_t count = 0;
    std::size_t bytes = 0;
    // As float64 here, and as float32 once it is standardized.
    if (__builtin_mul_overflow(extents[0], extents[1], &count) ||
        __builtin_mul_overflow(count, sizeof(double) + sizeof(float), &bytes)) {
        bytes = ~std::size_t{0};
    }
    require_memory(source, place, bytes, "a table of shape " + hdf5::to_string(extents), "use a part of it");
    hdf5::require_stored(set, source, place);

    Table table{source + ":" + name, hdf5::read_strings(set, "columns"), extents[1],
                std::vector<double>(count)};
    if (H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, table.values.data()) < 0) {
        hdf5::fail_reading(set, source, place, {0, extents[0]});
    }
    if (table.names.size() != table.columns) table.names.clear();
    for (std::size_t i = 0; i < count; ++i) {
        if (std::isfinite(table.values[i])) continue;
        throw DataError(source,
                        place + ", row " + std::to_string(i / table.columns + 1) + ", column " +
                            std::to_string(i % table.columns + 1),
                        "the value is not finite", "replace missing values, or remove the row");
    }
    return table;
}

}  // namespace mollify
