#include <cmath>

#include <hdf5.h>

#include <mollify/datasets/hdf5/library.hpp>
#include <mollify/datasets/hdf5/table.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

std::string only_dataset(hid_t file, const std::string& path) {
    const auto names = hdf5::dataset_names(file);
    if (names.size() == 1) return names.front();
    std::string held;
    for (const auto& name : names) held += (held.empty() ? "" : ", ") + name;
    throw DataError(path, "", names.empty() ? "holds no data set" : "holds several data sets: " + held,
                    names.empty() ? "write a table of N rows and D columns" : "say which one is meant");
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
    if (extents.size() != 2 || extents[0] == 0 || extents[1] == 0) {
        throw DataError(source, place, "has shape " + hdf5::to_string(extents) + ", not that of a table",
                        "write N rows and D columns");
    }
    const hdf5::Handle type(H5Dget_type(set), H5Tclose);
    if (const auto kind = H5Tget_class(type); kind != H5T_FLOAT && kind != H5T_INTEGER) {
        throw DataError(source, place, "holds " + hdf5::type_name(set), "write integers or floats");
    }
    if (H5Dget_storage_size(set) == 0) throw DataError(source, place, "was never written", "write the rows");
    std::size_t count = 0;
    if (__builtin_mul_overflow(extents[0], extents[1], &count) || count >= std::size_t{1} << 40) {
        throw DataError(source, place, "is too large to be held in memory", "use a part of it");
    }

    Table table{source + ":" + name, hdf5::read_strings(set, "columns"), extents[1],
                std::vector<double>(count)};
    if (H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, table.values.data()) < 0) {
        hdf5::fail(source, place, "cannot be read", "the file is damaged: copy or make it again");
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
