#pragma once
/// \file Samples that cannot be used, and what a pipeline does about them.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include <mollify/stages/batch.hpp>

namespace mollify {

/// A sample that could not be read or processed: its row threw DataError or SampleError.
struct BadSample {
    SampleId id = 0;
    Iteration iteration = 0;  ///< the first whose batch it was meant for
    std::string stage;        ///< that failed
    std::string origin;       ///< path (and record), as the data set describes it
    std::string reason;

    bool operator==(const BadSample&) const = default;
};

/// "sample 23 (a/b.jpg): the file ends before its end mark"; the origin is told once.
std::string to_string(const BadSample& bad);

enum class BadSamplePolicy {
    fail,       ///< the run ends with the first
    skip,       ///< its row is left out: the batch is smaller, without a gap
    substitute  ///< another sample takes its row, see substitute()
};

inline constexpr std::array kBadSamplePolicies{BadSamplePolicy::fail, BadSamplePolicy::skip,
                                               BadSamplePolicy::substitute};
const char* to_string(BadSamplePolicy policy);

/// Under every policy a batch is a pure function of the data, the options and the iteration: the same for any
/// number of threads and slots, and after a restart. Errors that are no single sample's end the run always.
struct BadSamples {
    BadSamplePolicy policy = BadSamplePolicy::fail;
    std::size_t budget = 100;  ///< most different bad samples that a run passes over; one more ends it
    /// Called once for each, in the order of iterations and rows, on the consumer's thread, before the consumer
    /// gets the batch (or the run its error).
    std::function<void(const BadSample&)> report = nullptr;
};

/// Substitutes tried for one row before the run ends.
inline constexpr std::uint32_t kSubstituteDraws = 64;

/// What is tried in the place of `sample` at `iteration` when it and the draws before `draw` are bad: any sample
/// below `size`, the same for every sharding. One that is in the batch already may come a second time.
SampleId substitute(std::uint64_t seed, Iteration iteration, SampleId sample, std::uint32_t draw,
                    std::size_t size);

}  // namespace mollify
