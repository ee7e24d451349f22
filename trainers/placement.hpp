#pragma once
/// \file How a batch comes to the device that trains.

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include <mollify/stages/batch.hpp>

namespace mollify {

/// Turns batches into tensors of one device: N×D for table rows, N×C×H×W for images, float32.
/// For the thread that trains.
class Placement {
  public:
    explicit Placement(at::Device device) : device_(device) {}

    /// "cpu", "cuda", or "auto": cuda where a usable one is there. Throws ConfigError for another word (with the
    /// nearest right one), and for cuda where LibTorch has none.
    static Placement on(const std::string& device);

    at::Device device() const { return device_; }

    /// On the CPU a view of batch.values(), valid as long as the batch holds them; on a GPU a copy.
    at::Tensor operator()(Batch& batch) const;

  private:
    at::Device device_;
};

/// The devices that can be asked for.
const std::vector<std::string>& device_names();

/// What is wrong with a name of a device, or empty.
std::string device_problem(const std::string& device);

}  // namespace mollify
