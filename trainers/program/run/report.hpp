#pragma once
/// \file Tables for people: what is going to be trained, and what came out.

#include <filesystem>
#include <string>

#include <mollify/trainers/program/run/setup.hpp>
#include <mollify/trainers/program/run/summary.hpp>

namespace mollify {

/// Data, model, threads and every key of the configuration.
std::string opening(const Setup& setup, const Model& model, const std::filesystem::path& folder);

/// The results of one run on these data.
std::string closing(const Summary& summary, const Data& data, const std::filesystem::path& folder);

/// "what   value" lines, aligned.
std::string table(const std::vector<std::pair<std::string, std::string>>& rows);

}  // namespace mollify
