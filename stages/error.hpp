#pragma once
/// \file Typed errors. Every message names the culprit and the remedy; nothing in the library ends the
/// process.

#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace mollify {

/// Base of everything that this library throws on purpose.
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Options that cannot work. Holds every problem that was found, so that all can be mended at once.
class ConfigError : public Error {
  public:
    explicit ConfigError(std::string problem);
    explicit ConfigError(std::vector<std::string> problems);

    const std::vector<std::string>& problems() const noexcept { return problems_; }

  private:
    std::vector<std::string> problems_;
};

/// A file or a record in it that cannot be used.
class DataError : public Error {
  public:
    /// \param path    the file or folder
    /// \param where   the place in it, such as "record 17", "line 3, column 2", "byte 3073"; may be empty
    /// \param problem what is wrong
    /// \param remedy  what to do about it; may be empty
    DataError(std::string path, std::string where, const std::string& problem, const std::string& remedy);

    const std::string& path() const noexcept { return path_; }
    const std::string& where() const noexcept { return where_; }

  private:
    std::string path_;
    std::string where_;
};

/// A sample that a stage could not process, thrown by stages that know the row they failed on.
class SampleError : public Error {
  public:
    SampleError(std::uint64_t sample, const std::string& problem);

    std::uint64_t sample() const noexcept { return sample_; }

  private:
    std::uint64_t sample_;
};

/// What a pipeline rethrows: the first failure in the order of iterations, with the stage that failed, the
/// iteration, and where known the sample and its origin. The original exception is nested
/// (std::rethrow_if_nested).
class StageError : public Error {
  public:
    StageError(std::string stage, std::uint64_t iteration, std::optional<std::uint64_t> sample,
               std::string origin, const std::string& cause);

    const std::string& stage() const noexcept { return stage_; }
    std::uint64_t iteration() const noexcept { return iteration_; }
    std::optional<std::uint64_t> sample() const noexcept { return sample_; }
    /// Path (and record) of the sample as its data set describes it; empty where unknown.
    const std::string& origin() const noexcept { return origin_; }

  private:
    std::string stage_;
    std::uint64_t iteration_;
    std::optional<std::uint64_t> sample_;
    std::string origin_;
};

/// ", did you mean 'X'?" for the candidate nearest to `name` by edit distance, or "" where none is near.
std::string suggestion(const std::string& name, const std::vector<std::string>& candidates);

/// "unknown <what> '<name>'" with the nearest of the known names, or with all of them where none is near.
std::string unknown(const std::string& what, const std::string& name, const std::vector<std::string>& known);

}  // namespace mollify
