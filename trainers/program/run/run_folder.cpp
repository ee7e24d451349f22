#include <algorithm>
#include <cstdio>
#include <set>

#include <ATen/core/Tensor.h>

#include <mollify/datasets/storage/atomic_file.hpp>
#include <mollify/datasets/storage/read_text.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/trainers/checkpoint.hpp>
#include <mollify/trainers/models/kinds.hpp>
#include <mollify/trainers/program/config/config_text.hpp>
#include <mollify/trainers/program/config/history.hpp>
#include <mollify/trainers/program/run/run_folder.hpp>
#include <mollify/trainers/program/run/run_state.hpp>

namespace mollify {
namespace {

namespace fs = std::filesystem;

std::string required_text(const fs::path& path) {
    auto text = read_text(path);
    if (!text) throw DataError(path.string(), "", "cannot read the file", "check its permissions");
    return *std::move(text);
}

/// The configuration of a run, which the program wrote, maybe when keys had other names.
Config read_config(const fs::path& path) {
    try {
        return parse_config(upgrade(required_text(path)));
    } catch (const ConfigError& error) {
        throw DataError(path.string(), "", error.what(), "mend the file, or begin again in another folder");
    }
}

std::string listed(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& line : lines) out += "\n    " + line;
    return out;
}

}  // namespace

RunFolder::RunFolder(fs::path path, Config config) : path_(std::move(path)), config_(std::move(config)) {}

RunFolder RunFolder::prepare(const fs::path& path, const Config& config, bool resume) {
    if (const auto file = path / "config.toml"; fs::exists(file)) {
        const auto there = read_config(file);
        if (const auto lines = differences(there, config); !lines.empty()) {
            throw ConfigError("the folder '" + path.string() + "' holds a run of another configuration:" +
                              listed(lines) + "\n    name another folder with --out");
        }
        if (!resume) {
            throw ConfigError(
                "the folder '" + path.string() +
                "' holds this run already: go on with --resume, or name another folder with --out");
        }
    }
    return {path, config};
}

void RunFolder::write_config() const {
    const auto origin = config_.preset.empty() ? "" : "# resolved from " + config_.preset + "\n";
    const auto text = origin + to_toml(config_);
    const auto file = path_ / "config.toml";
    if (!fs::exists(file) || required_text(file) != text) write_text(file, text);
}

void RunFolder::remove_leftovers() const {
    const std::set<std::string> own{"config.toml", "summary.json", "curves.png", "samples.png"};
    for (const auto& folder : {path_, path_ / "snapshots"}) {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(folder, error)) {
            const auto name = entry.path().filename().string();
            const auto end = name.find(".partial-");
            if (end == std::string::npos) continue;
            // Others may write files of their own here: samples, for one.
            const auto whole = name.substr(0, end);
            if (own.contains(whole) || whole.starts_with("iteration-")) fs::remove(entry.path(), error);
        }
    }
}

void RunFolder::require_room(std::uint64_t bytes) const {
    std::error_code error;
    std::uint64_t there = 0;  // by an earlier session of the run: it will be replaced
    for (const auto& entry : fs::directory_iterator(checkpoints(), error)) there += entry.file_size(error);
    const auto space = fs::space(path_, error);
    if (error || space.available + there >= bytes) return;
    constexpr std::uint64_t kMebibyte = 1 << 20;
    throw DataError(path_.string(), "",
                    "there are " + std::to_string(space.available / kMebibyte) +
                        " MiB left on this disk, and checkpoints need " +
                        std::to_string((bytes - std::min(bytes, there)) / kMebibyte + 1),
                    "make room, or name a folder on another disk with --out");
}

RunFolder RunFolder::open(const fs::path& path) {
    const auto file = path / "config.toml";
    if (!fs::exists(file)) {
        throw DataError(path.string(), "", "it is not the folder of a run: there is no config.toml in it",
                        "name a folder that `mollify train --out` has made");
    }
    return {path, read_config(file)};
}

fs::path RunFolder::snapshot_file(std::uint64_t iteration) const {
    return path_ / "snapshots" / ("iteration-" + std::to_string(iteration) + ".safetensors");
}

std::optional<DataIdentity> RunFolder::data() const {
    if (const auto finished = summary()) return finished->data;
    const auto checkpoint = CheckpointFolder(checkpoints()).latest([](const std::string&) {});
    return checkpoint ? std::optional(data_identity(*checkpoint)) : std::nullopt;
}

DataIdentity data_identity(const Checkpoint& checkpoint) {
    const auto state = run_state(note(checkpoint.notes, "state"));
    return state.data
               ? *state.data
               : DataIdentity{.signature = checkpoint.position.signature, .validation = {}, .test = {}};
}

std::optional<Summary> RunFolder::summary() const {
    const auto file = summary_file();
    if (!fs::exists(file)) return std::nullopt;
    try {
        return nlohmann::json::parse(required_text(file)).get<Summary>();
    } catch (const nlohmann::json::exception& error) {
        throw DataError(file.string(), "", error.what(), "remove it and go on with --resume");
    }
}

void RunFolder::write_summary(const Summary& summary) const {
    write_text(summary_file(), nlohmann::json(summary).dump(2) + "\n");
}

void RunFolder::write_bad_samples(const std::vector<BadSample>& bad) const {
    const auto file = path_ / "bad-samples.jsonl";
    std::string lines;
    for (const auto& each : bad) lines += to_json(each).dump() + "\n";
    if (bad.empty()) {
        fs::remove(file);
    } else {
        write_text(file, lines);
    }
}

Metrics RunFolder::metrics() const {
    return fs::exists(metrics_file()) ? read_metrics(metrics_file()) : Metrics{};
}

std::unique_ptr<Model> load_model(const RunFolder& run, const Weights& weights) {
    TensorFile file;
    if (weights.which == Weights::Which::last) {
        const auto checkpoint =
            CheckpointFolder(run.checkpoints())
                .latest([](const std::string& complaint) { std::fprintf(stderr, "%s\n", complaint.c_str()); },
                        [](const Checkpoint& found) { run_state(note(found.notes, "state")); });
        if (!checkpoint) {
            throw DataError(run.path().string(), "", "the run has no checkpoint yet", "train it first");
        }
        file = {checkpoint->notes, checkpoint->tensors};
    } else {
        const bool best = weights.which == Weights::Which::best;
        const auto path = best ? run.best_file() : run.snapshot_file(weights.iteration);
        if (!fs::exists(path)) {
            throw DataError(path.string(), "",
                            best ? "the run has no best model" : "the run has no such snapshot",
                            best ? "its data set has no validation part; take the last model"
                                 : "ask for it in training.snapshots");
        }
        file = read_safetensors(path);
    }
    const auto state = run_state(note(file.metadata, "state"));
    auto model = make_model(run.config().model, state.shape, run.config().training.seed);
    restore(file.tensors, *model);
    model->eval();
    return model;
}

}  // namespace mollify
