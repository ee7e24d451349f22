#pragma once
/// \file A configuration with its data opened and all of it checked, before anything starts.

#include <memory>
#include <optional>

#include <mollify/trainers/models/model.hpp>
#include <mollify/trainers/placement.hpp>
#include <mollify/trainers/process/threads.hpp>
#include <mollify/trainers/program/config/config.hpp>
#include <mollify/trainers/program/data/data.hpp>
#include <mollify/trainers/program/run/data_identity.hpp>

namespace mollify {

struct Setup {
    Config config;
    Data data;
    Placement placement;
    ThreadSplit threads;
    Iteration batches_per_epoch = 0;
    Iteration iterations = 0;            ///< of the whole training
    std::optional<Mollifier> mollifier;  ///< none: vanilla

    /// The chain that trains.
    Recipe training_recipe() const;
    /// The same without mollification.
    Recipe clean_training_recipe() const;
    /// Clean batches of a part in its own order, to evaluate on; bad samples are left out or fail it.
    Recipe clean_recipe(const DatasetPtr& part) const;
    /// What is compared when a run goes on, or is evaluated.
    DataIdentity data_identity() const;
    /// The noise level of a batch, 0 where nothing is mollified.
    double noise_level(Iteration iteration, Epoch epoch) const;
    /// A new model on the device.
    std::unique_ptr<Model> new_model() const;
    /// "gaussian sigmoid", or "none".
    std::string mollifier_name() const;

  private:
    ChainOptions chain_options() const;
};

/// Opens the data, whose path becomes an absolute one in the configuration, and caps the threads of mathematics for the calling thread, on which training must happen.
/// Throws one ConfigError with everything that is wrong: what was `found` before, the values of the
/// configuration, data and model; DataError where it is the data alone.
Setup prepare(const Config& config, std::vector<std::string> found = {});

}  // namespace mollify
