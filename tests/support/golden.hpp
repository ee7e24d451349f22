#pragma once
/// \file Reads the golden files, for tests alone.

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include <mollify/trainers/tensors/named_tensor.hpp>

namespace mollify::test {

/// An HDF5 file of numbers; reads everything as float64 and gives tensors of the stored precision.
class Golden {
  public:
    /// \param name a file in tests/golden
    explicit Golden(const std::string& name);
    ~Golden();
    Golden(const Golden&) = delete;
    Golden& operator=(const Golden&) = delete;

    /// The array at a path such as "train/u": float64 where it is stored so, else float32.
    at::Tensor tensor(const std::string& path) const;
    /// The arrays of a group, named by their place in it; those of its subgroups are not.
    std::vector<NamedTensor> group(const std::string& path) const;
    /// An integer attribute of the file.
    std::int64_t attribute(const std::string& name) const;

  private:
    std::int64_t file_;
};

/// Largest |a - b| / max(1, |b|): what the golden tolerances are given for.
double error(const at::Tensor& value, const at::Tensor& reference);

}  // namespace mollify::test
