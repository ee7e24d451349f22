#pragma once
/// \file Whether the data of a run are still those that it was trained, selected and tested on.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace mollify {

struct DataIdentity {
    std::string signature;                  ///< of the training batches, see Position
    std::optional<std::string> validation;  ///< fingerprint, "none" where there is no such part; absent in
    std::optional<std::string> test;        ///< folders of versions that did not keep it
};

/// That a run went on with other data, because its user said so.
struct DataChange {
    std::uint64_t iteration = 0;  ///< from which on
    DataIdentity before;
    DataIdentity after;
};

/// Why what came of the data `then` does not belong to those of `now`, or empty. What is absent in `then` is not
/// compared.
std::string data_problem(const DataIdentity& then, const DataIdentity& now);

/// Whether all that differs is data: not their order, nor the version of the algorithm.
bool only_data_differ(const DataIdentity& then, const DataIdentity& now);

/// Says so where `then` does not know all parts.
void warn_of_unknown_parts(const DataIdentity& then, const std::string& folder);

void to_json(nlohmann::json& json, const DataIdentity& data);
void from_json(const nlohmann::json& json, DataIdentity& data);
void to_json(nlohmann::json& json, const DataChange& change);
void from_json(const nlohmann::json& json, DataChange& change);

}  // namespace mollify
