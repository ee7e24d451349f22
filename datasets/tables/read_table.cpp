#include <filesystem>

#include <mollify/datasets/tables/csv.hpp>
#include <mollify/datasets/tables/npy.hpp>
#include <mollify/datasets/tables/read_table.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {

Table read_table(const std::string& path) {
    const auto ending = std::filesystem::path(path).extension();
    if (ending == ".h5" || ending == ".hdf5") {
        throw DataError(path, "", "is an HDF5 file by its name", "read it with read_hdf5_table");
    }
    return ending == ".npy" ? read_npy_table(path) : read_csv(path);
}

}  // namespace mollify
