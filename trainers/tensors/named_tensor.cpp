#include <map>
#include <set>
#include <sstream>

#include <ATen/ATen.h>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/tensors/named_tensor.hpp>

namespace mollify {
namespace {

std::string text(at::IntArrayRef sizes) {
    std::ostringstream stream;
    stream << sizes;
    return stream.str();
}

}  // namespace

void copy_by_name(std::span<const NamedTensor> sources, std::span<const NamedTensor> targets,
                  const std::string& what) {
    std::map<std::string, at::Tensor> given;
    for (const auto& [name, tensor] : sources) given.emplace(name, tensor);
    std::string problems;
    const auto complain = [&](const std::string& name, const std::string& what_is_wrong) {
        problems.append("\n  - '").append(name).append("' ").append(what_is_wrong);
    };
    for (const auto& [name, target] : targets) {
        const auto source = given.find(name);
        if (source == given.end()) {
            complain(name, "is missing");
        } else if (source->second.sizes() != target.sizes()) {
            complain(name, "is " + text(source->second.sizes()) + " and should be " + text(target.sizes()));
        }
    }
    std::set<std::string> wanted;
    for (const auto& [name, target] : targets) wanted.insert(name);
    for (const auto& [name, source] : given) {
        if (!wanted.contains(name)) complain(name, "is unknown");
    }
    if (!problems.empty()) throw Error("these tensors do not fit " + what + ":" + problems);

    const c10::NoGradGuard no_gradient;
    for (const auto& [name, target] : targets) target.copy_(given[name]);
}

}  // namespace mollify
