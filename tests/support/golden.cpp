#include <ATen/ATen.h>
#include <hdf5.h>

#include <mollify/stages/error.hpp>
#include <mollify/tests/support/golden.hpp>

namespace mollify::test {

Golden::Golden(const std::string& name)
    : file_(H5Fopen((MOLLIFY_SOURCE_DIR "/tests/golden/" + name).c_str(), H5F_ACC_RDONLY, H5P_DEFAULT)) {
    if (file_ < 0) throw Error("cannot open tests/golden/" + name);
}

Golden::~Golden() { H5Fclose(file_); }

at::Tensor Golden::tensor(const std::string& path) const {
    const hid_t data = H5Dopen2(file_, path.c_str(), H5P_DEFAULT);
    if (data < 0) throw Error("no array '" + path + "' in the golden file");
    const hid_t space = H5Dget_space(data);
    const hid_t type = H5Dget_type(data);
    std::vector<hsize_t> extents(H5Sget_simple_extent_ndims(space));
    H5Sget_simple_extent_dims(space, extents.data(), nullptr);
    const bool wide = H5Tget_size(type) > 4;
    const auto result = at::empty(std::vector<std::int64_t>(extents.begin(), extents.end()), at::kDouble);
    const auto status =
        H5Dread(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, result.data_ptr<double>());
    H5Tclose(type);
    H5Sclose(space);
    H5Dclose(data);
    if (status < 0) throw Error("cannot read '" + path + "' of the golden file");
    return wide ? result : result.to(at::kFloat);
}

std::vector<NamedTensor> Golden::group(const std::string& path) const {
    const hid_t group = H5Gopen2(file_, path.c_str(), H5P_DEFAULT);
    if (group < 0) return {};
    H5G_info_t info;
    H5Gget_info(group, &info);
    std::vector<NamedTensor> result;
    for (hsize_t i = 0; i < info.nlinks; ++i) {
        char name[256];
        H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT);
        result.push_back({name, tensor(path + "/" + name)});
    }
    H5Gclose(group);
    return result;
}

std::int64_t Golden::attribute(const std::string& name) const {
    const hid_t attribute = H5Aopen(file_, name.c_str(), H5P_DEFAULT);
    if (attribute < 0) throw Error("no attribute '" + name + "' in the golden file");
    std::int64_t value = 0;
    H5Aread(attribute, H5T_NATIVE_INT64, &value);
    H5Aclose(attribute);
    return value;
}

double error(const at::Tensor& value, const at::Tensor& reference) {
    const auto expected = reference.to(at::kDouble);
    const auto scale = expected.abs().clamp_min(1);
    return ((value.detach().to(at::kDouble) - expected).abs() / scale).max().item<double>();
}

}  // namespace mollify::test
