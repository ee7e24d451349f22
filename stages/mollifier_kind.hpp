#pragma once
/// \file What a kind of mollification has to say for itself. A new kind is a class behind this, and a row in the table
/// of mollifier.cpp.

#include <span>

#include <mollify/stages/batch.hpp>
#include <mollify/stages/normalize.hpp>

namespace mollify {

/// How data is blurred at a level: immutable, const, thread-safe for different memory. What it does to a sample is a
/// function of (its own parameters, level, iteration, sample id), never of the batch that the sample is in.
class MollifierKind {
  public:
    MollifierKind() = default;
    virtual ~MollifierKind() = default;
    MollifierKind(const MollifierKind&) = delete;
    MollifierKind& operator=(const MollifierKind&) = delete;

    /// In place on ids.size() samples of `shape`, one after the other, at a level in (0, 1].
    virtual void apply(std::span<float> values, const SampleShape& shape, std::span<const SampleId> ids,
                       Iteration iteration, double level) const = 0;

    /// `normalize`, then apply(), on a batch of bytes or values: the same bits in as few passes as the kind can.
    virtual void normalized(Batch& batch, const Normalize& normalize, double level) const {
        normalize(batch);
        apply(batch.values(), batch.shape(), batch.ids(), batch.iteration(), level);
    }
};

}  // namespace mollify
