#pragma once
/// \file Saving a training so that it goes on with the same bits.

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <mollify/pipeline/recipe.hpp>
#include <mollify/trainers/models/model.hpp>
#include <mollify/trainers/optimizers/optimizer.hpp>
#include <mollify/trainers/tensors/safetensors.hpp>

namespace mollify {

/// Where a training stands. Order, noise and the model's own random numbers are functions of the iteration, so
/// that nothing of theirs has to be kept.
struct Checkpoint {
    Position position;                 ///< next iteration, and signature of data, order and algorithm
    std::string configuration;         ///< digest of what decides the results
    Metadata notes;                    ///< what else the program keeps, as text
    std::vector<NamedTensor> tensors;  ///< by checkpoint_tensors()
    std::string torch_version = {};    ///< of the LibTorch that wrote it; set by CheckpointFolder
};

/// Handles of all that a model and its optimizer hold, under "model." and "optimizer.".
std::vector<NamedTensor> checkpoint_tensors(const Model& model, const Optimizer& optimizer);
/// The same of a model alone.
std::vector<NamedTensor> model_tensors(const Model& model);

/// Copies saved tensors into a model, and those of the optimizer where one is given. Throws Error naming each
/// tensor that is missing, unexpected or of another shape.
void restore(const std::vector<NamedTensor>& tensors, Model& model, Optimizer* optimizer = nullptr);

/// `iteration-<10 digits>.safetensors` files of which the newest few are kept. One process at a time writes.
class CheckpointFolder {
  public:
    explicit CheckpointFolder(std::filesystem::path path, std::size_t keep = 2);

    /// To begin writing: makes the folder where it is missing, and removes what a killed process left half
    /// written. Throws DataError.
    void make() const;

    /// Whole and durable when it returns. Only then are the older ones removed.
    void write(const Checkpoint& checkpoint) const;

    /// The newest that is whole and that `examine` does not throw at; nothing where there are no files. For each
    /// newer one `complaint` is called with its path and what is wrong. Throws DataError where there are files
    /// and none is whole.
    /// \param examine what else the caller needs of a checkpoint, such as notes that it can read
    std::optional<Checkpoint> latest(const std::function<void(const std::string&)>& complaint,
                                     const std::function<void(const Checkpoint&)>& examine = nullptr) const;

    /// Oldest first.
    std::vector<std::filesystem::path> files() const;

  private:
    std::filesystem::path path_;
    std::size_t keep_;
};

/// The text of a note. Throws Error where there is none.
std::string note(const Metadata& notes, const std::string& key);

/// Why what was trained on batches of signature `then` is not a part of a training on those of `now`, or empty.
std::string signature_problem(const std::string& then, const std::string& now);

/// Why a training of this configuration and these data cannot go on from `checkpoint`, or empty.
std::string resume_problem(const Checkpoint& checkpoint, const std::string& configuration,
                           const std::string& signature);

}  // namespace mollify
