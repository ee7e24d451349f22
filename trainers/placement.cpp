#include <algorithm>

#include <ATen/Context.h>
#include <ATen/Functions.h>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/placement.hpp>

namespace mollify {

const std::vector<std::string>& device_names() {
    static const std::vector<std::string> names = {"auto", "cpu", "cuda"};
    return names;
}

std::string device_problem(const std::string& device) {
    if (device == "cuda" && !at::hasCUDA()) {
        return "there is no usable CUDA device, or this program was built without -DMOLLIFY_TORCH_CUDA=ON: "
               "use 'cpu' or 'auto'";
    }
    if (std::ranges::find(device_names(), device) == device_names().end()) {
        return "unknown device '" + device + "'" + suggestion(device, device_names());
    }
    return "";
}

Placement Placement::on(const std::string& device) {
    if (const auto problem = device_problem(device); !problem.empty()) throw ConfigError(problem);
    const bool cuda = device == "cuda" || (device == "auto" && at::hasCUDA());
    if (cuda) {
        at::globalContext().setDeterministicCuDNN(true);  // a resumed run is to give the same bits
        at::globalContext().setBenchmarkCuDNN(false);
    }
    return Placement(cuda ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU));
}

at::Tensor Placement::operator()(Batch& batch) const {
    batch.require(Content::values, "place");
    const auto shape = batch.shape();
    std::vector<std::int64_t> sizes{static_cast<std::int64_t>(batch.size()),
                                    static_cast<std::int64_t>(shape.channels)};
    if (shape.is_image()) {
        sizes.push_back(static_cast<std::int64_t>(shape.height));
        sizes.push_back(static_cast<std::int64_t>(shape.width));
    }
    const auto view = at::from_blob(batch.values().data(), sizes, at::TensorOptions(at::kFloat));
    return device_.is_cpu() ? view : view.to(device_);
}

}  // namespace mollify
