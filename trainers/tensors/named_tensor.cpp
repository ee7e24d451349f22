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
    std::string problems;
    const auto complain = [&](const std::string& name, const std::string& what_is_wrong) {
        problems.append("\n  - '").append(name).append("' ").append(what_is_wrong);
    };
    for (const auto& [name, tensor] : sources) {
        if (!given.emplace(name, tensor).second) complain(name, "is given twice");
    }
    for (const auto& [name, target] : targets) {
        const auto source = given.find(name);
        if (source == given.end()) {
            complain(name, "is missing");
        } else if (source->second.sizes() != target.sizes()) {
            complain(name, "is " + text(source->second.sizes()) + " and should be " + text(target.sizes()));
        } else if (source->second.scalar_type() != target.scalar_type()) {
            complain(name, std::string("is of ") + c10::toString(source->second.scalar_type()) +
                               " and should be of " + c10::toString(target.scalar_type()));
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
