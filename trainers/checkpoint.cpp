#include <algorithm>
#include <charconv>
#include <cstdio>
#include <string_view>

#include <ATen/core/Tensor.h>
#include <torch/version.h>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/checkpoint.hpp>

namespace mollify {
namespace {

constexpr std::string_view kModel = "model.";
constexpr std::string_view kOptimizer = "optimizer.";
constexpr std::string_view kPrefix = "iteration-";
constexpr std::string_view kSuffix = ".safetensors";
constexpr std::string_view kNote = "note.";

void append(std::vector<NamedTensor>& out, std::string_view prefix, std::span<const NamedTensor> tensors) {
    for (const auto& [name, tensor] : tensors) out.push_back({std::string(prefix) + name, tensor});
}

std::vector<NamedTensor> part(const std::vector<NamedTensor>& tensors, std::string_view prefix) {
    std::vector<NamedTensor> out;
    for (const auto& [name, tensor] : tensors) {
        if (name.starts_with(prefix)) out.push_back({name.substr(prefix.size()), tensor});
    }
    return out;
}

std::string file_name(Iteration iteration) {
    char number[24];
    std::snprintf(number, sizeof number, "%010llu", static_cast<unsigned long long>(iteration));
    return std::string(kPrefix) + number + std::string(kSuffix);
}

/// The number that `text` is from its first character to its last.
Iteration whole_number(const std::string& text, const std::filesystem::path& path) {
    Iteration number = 0;
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc() && rest == end) return number;
    throw DataError(path.string(), "header", "its iteration is '" + text + "', which is no number",
                    "the file is damaged; use another one");
}

Checkpoint read(const std::filesystem::path& path) {
    auto file = read_safetensors(path);
    const auto fact = [&](const char* key) {
        const auto found = file.metadata.find(key);
        if (found != file.metadata.end()) return found->second;
        throw DataError(path.string(), "header", std::string("it has no '") + key + "'",
                        "it is not a checkpoint of a training; use another file");
    };
    Checkpoint out;
    out.position.iteration = whole_number(fact("iteration"), path);
    out.position.signature = fact("signature");
    out.configuration = fact("configuration");
    out.torch_version = fact("libtorch");
    for (const auto& [key, value] : file.metadata) {
        if (key.starts_with(kNote)) out.notes[key.substr(kNote.size())] = value;
    }
    out.tensors = std::move(file.tensors);
    return out;
}

}  // namespace

std::vector<NamedTensor> model_tensors(const Model& model) {
    std::vector<NamedTensor> out;
    append(out, kModel, model.parameters());
    append(out, kModel, model.buffers());
    return out;
}

std::vector<NamedTensor> checkpoint_tensors(const Model& model, const Optimizer& optimizer) {
    auto out = model_tensors(model);
    append(out, kOptimizer, optimizer.state());
    return out;
}

void restore(const std::vector<NamedTensor>& tensors, Model& model, Optimizer* optimizer) {
    model.load(part(tensors, kModel));
    if (optimizer != nullptr) optimizer->load(part(tensors, kOptimizer));
}

CheckpointFolder::CheckpointFolder(std::filesystem::path path, std::size_t keep)
    : path_(std::move(path)), keep_(keep) {}

void CheckpointFolder::make() const {
    std::error_code error;
    std::filesystem::create_directories(path_, error);
    if (error) {
        throw DataError(path_.string(), "", "cannot make the folder: " + error.message(),
                        "check the folder above it and its permissions");
    }
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
        if (entry.path().filename().string().find(".partial-") != std::string::npos) {
            std::filesystem::remove(entry.path(), error);
        }
    }
}

void CheckpointFolder::write(const Checkpoint& checkpoint) const {
    Metadata metadata{{"iteration", std::to_string(checkpoint.position.iteration)},
                      {"signature", checkpoint.position.signature},
                      {"configuration", checkpoint.configuration},
                      {"libtorch", TORCH_VERSION}};
    for (const auto& [key, value] : checkpoint.notes) metadata[std::string(kNote) + key] = value;
    const auto written = path_ / file_name(checkpoint.position.iteration);
    write_safetensors(written, checkpoint.tensors, std::move(metadata));
    // Later ones, if any, were damaged when the run went on from an earlier one: they do not count.
    auto all = files();
    all.erase(std::upper_bound(all.begin(), all.end(), written), all.end());
    for (std::size_t i = 0; i + keep_ < all.size(); ++i) std::filesystem::remove(all[i]);
}

std::vector<std::filesystem::path> CheckpointFolder::files() const {
    std::vector<std::filesystem::path> out;
    if (!std::filesystem::exists(path_)) return out;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with(kPrefix) && name.ends_with(kSuffix)) out.push_back(entry.path());
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::optional<Checkpoint> CheckpointFolder::latest(
    const std::function<void(const std::string&)>& complaint,
    const std::function<void(const Checkpoint&)>& examine) const {
    const auto all = files();
    for (auto file = all.rbegin(); file != all.rend(); ++file) {
        try {
            auto checkpoint = read(*file);
            if (examine) examine(checkpoint);
            return checkpoint;
        } catch (const DataError& error) {
            complaint(error.what());
        } catch (const std::exception& error) {
            complaint(file->string() + ": " + error.what());
        }
    }
    if (all.empty()) return std::nullopt;
    throw DataError(path_.string(), "", "none of its " + std::to_string(all.size()) + " checkpoints is whole",
                    "begin again in another folder");
}

std::string note(const Metadata& notes, const std::string& key) {
    const auto found = notes.find(key);
    if (found == notes.end()) throw Error("there is no '" + key + "' in it");
    return found->second;
}

std::string signature_problem(const std::string& then, const std::string& now) {
    if (then == now) return "";
    return "it is of other data, another order or another version of the algorithm: it was taken with '" +
           then + "', this training has '" + now + "'";
}

std::string resume_problem(const Checkpoint& checkpoint, const std::string& configuration,
                           const std::string& signature) {
    if (checkpoint.configuration != configuration) {
        return "it is of another configuration, or of a version of this program whose configurations have "
               "other "
               "keys";
    }
    return signature_problem(checkpoint.position.signature, signature);
}

}  // namespace mollify
