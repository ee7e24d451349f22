#pragma once
/// \file What a stage's exception means: whose fault it is, and how it is told. Private to this folder.

#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include <mollify/datasets/dataset.hpp>
#include <mollify/pipeline/bad_samples.hpp>
#include <mollify/pipeline/parallel_rows.hpp>
#include <mollify/stages/batch.hpp>

namespace mollify {

/// Why `stage` could not do its work on a batch.
struct Failure {
    std::string stage;
    Iteration iteration = 0;
    std::optional<SampleId> sample;  ///< that it is about, where known
    std::exception_ptr cause;
    std::vector<BadSample> bad;  ///< by row; none where something other than single samples is to blame
};

/// \param rows the loop that the stage was given \param error what it threw. Where several rows failed the smallest
/// is told, and before it the smallest whose error is no sample's.
Failure diagnose(const Dataset& dataset, std::string stage, Iteration iteration, const Batch& batch,
                 const ParallelRows& rows, const std::exception_ptr& error);

/// The cause nested in a StageError.
std::exception_ptr explained(const Dataset& dataset, const Failure& failure);

/// The error of a run that met `bad`, the last of them one too many for `budget`.
std::exception_ptr too_many(const std::vector<BadSample>& bad, std::size_t budget);

}  // namespace mollify
