#pragma once
/// \file The folder that a run writes into, and what is found in it afterwards.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <mollify/trainers/models/model.hpp>
#include <mollify/trainers/program/config/config.hpp>
#include <mollify/trainers/program/run/run_log.hpp>
#include <mollify/trainers/program/run/summary.hpp>

namespace mollify {

struct Checkpoint;

/// config.toml, metrics.jsonl, summary.json (once the run is finished), checkpoints/, snapshots/, pictures.
class RunFolder {
  public:
    /// A folder for a new run of `config`, or, with `resume`, for one that a run of the same configuration has
    /// begun; FolderLock makes it. Its config.toml is left to write_config(). Throws ConfigError where the folder
    /// holds another configuration (naming the keys) or a run that `resume` does not ask to go on with.
    static RunFolder prepare(const std::filesystem::path& path, const Config& config, bool resume);

    /// A folder that a run has made. Throws DataError where it is none.
    static RunFolder open(const std::filesystem::path& path);

    const std::filesystem::path& path() const { return path_; }
    const Config& config() const { return config_; }

    std::filesystem::path metrics_file() const { return path_ / "metrics.jsonl"; }
    std::filesystem::path summary_file() const { return path_ / "summary.json"; }
    std::filesystem::path checkpoints() const { return path_ / "checkpoints"; }
    std::filesystem::path best_file() const { return path_ / "checkpoints" / "best.safetensors"; }
    std::filesystem::path snapshot_file(std::uint64_t iteration) const;

    /// Throws DataError where the disk has no room for checkpoints of `bytes` in all.
    void require_room(std::uint64_t bytes) const;
    /// Where a run goes on, too: the data may be elsewhere now. A file that says the same already is not touched.
    void write_config() const;
    /// Removes what processes that were killed left half written. For the holder of the folder's lock.
    void remove_leftovers() const;

    /// What the run was trained, selected and tested on; absent before the first checkpoint.
    std::optional<DataIdentity> data() const;
    /// Absent until the run is finished.
    std::optional<Summary> summary() const;
    void write_summary(const Summary& summary) const;
    /// bad-samples.jsonl: one line each, in the order in which training met them; no file where there are none.
    void write_bad_samples(const std::vector<BadSample>& bad) const;
    /// Empty before the first line.
    Metrics metrics() const;

  private:
    RunFolder(std::filesystem::path path, Config config);

    std::filesystem::path path_;
    Config config_;
};

/// What a checkpoint of a run was trained, selected and tested on.
DataIdentity data_identity(const Checkpoint& checkpoint);

/// Which weights of a run.
struct Weights {
    enum class Which { last, best, snapshot } which = Which::last;
    std::uint64_t iteration = 0;  ///< of a snapshot

    static Weights last() { return {}; }
    static Weights best() { return {Which::best, 0}; }
    static Weights snapshot(std::uint64_t iteration) { return {Which::snapshot, iteration}; }
};

/// A model of the run in evaluation mode on the CPU, its statistics those of the clean training set. Needs no
/// data. Throws DataError where the run has no such weights.
std::unique_ptr<Model> load_model(const RunFolder& run, const Weights& weights = Weights::last());

}  // namespace mollify
