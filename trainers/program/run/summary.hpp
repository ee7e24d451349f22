#pragma once
/// \file What came out of a training: the content of summary.json.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <mollify/trainers/program/run/data_identity.hpp>

namespace mollify {

/// One result line per run. Log-likelihoods are means over clean data, in nats; absent where there is no such
/// part of the data, or where they are not finite.
struct Summary {
    std::string dataset;
    std::string model;
    DataIdentity data;
    std::vector<DataChange> accepted_data;  ///< changes of the data on the way
    std::string mollifier;                  ///< "none", or kind and curve, such as "gaussian sigmoid"
    std::uint64_t seed = 0;
    std::int64_t parameters = 0;
    std::uint64_t iterations = 0;
    double epochs = 0;
    std::optional<double> test_log_likelihood_last;  ///< of the final model
    std::optional<double> test_log_likelihood_best;  ///< of the model with the best clean validation
    std::optional<double> validation_log_likelihood_last;
    std::optional<double> validation_log_likelihood_best;
    std::uint64_t best_iteration = 0;          ///< iterations after which the best model was found
    std::optional<double> bits_per_dimension;  ///< of the final model on the test set
    std::uint64_t skipped_steps = 0;           ///< iterations whose loss was not finite
    std::uint64_t bad_samples = 0;             ///< different ones that the training met
    double wall_seconds = 0;                   ///< over all sessions of the run
    double samples_per_second = 0;
    double data_wait_fraction = 0;  ///< part of the time that training waited for data
    std::string limiting_stage;
    std::string device;
    std::uint64_t math_threads = 0;
    std::uint64_t pipeline_threads = 0;
    nlohmann::json versions;  ///< mollify, algorithm, libtorch
};

void to_json(nlohmann::json& json, const Summary& summary);
void from_json(const nlohmann::json& json, Summary& summary);

}  // namespace mollify
