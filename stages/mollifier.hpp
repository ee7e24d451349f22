#pragma once
/// \file Mollification, the stage that this project is about: one face for every kind of it.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <mollify/stages/batch.hpp>
#include <mollify/stages/mollifier_kind.hpp>
#include <mollify/stages/normalize.hpp>
#include <mollify/stages/schedule.hpp>

namespace mollify {

/// Takes detail away from data, as much as the schedule's level at the batch's own iteration (or epoch) says: all of
/// it at 1, nothing at 0. In place on values; from the schedule's end on a batch passes untouched. A value: cheap to
/// copy, immutable, thread-safe for different memory.
class Mollifier {
  public:
    static constexpr const char* kName = "mollify";

    /// Noise is mixed in, see gaussian_mollifier.hpp.
    static Mollifier gaussian(const Schedule& schedule, std::uint64_t seed);

    /// A kind of one's own. \param work not null
    Mollifier(std::string kind, const Schedule& schedule, std::shared_ptr<const MollifierKind> work)
        : kind_(std::move(kind)), schedule_(schedule), work_(std::move(work)) {}

    /// As mollifier_kinds() has it: "gaussian".
    const std::string& kind() const { return kind_; }
    const Schedule& schedule() const { return schedule_; }
    double level(Iteration iteration, Epoch epoch) const { return schedule_.level(iteration, epoch); }

    void operator()(Batch& batch) const;
    /// Throws ConfigError for anything but values.
    Format output(const Format& input) const;

    /// For memory of one's own: mollifies ids.size() samples of `shape`, contiguous as in a batch, in place. A sample
    /// gets the same bits as in a pipeline. Throws Error where sizes do not fit or an address is out of range.
    void apply(std::span<float> values, const SampleShape& shape, std::span<const SampleId> ids,
               Iteration iteration, Epoch epoch) const;

    /// `normalize`, then this, in one step: bytes or values in, values out.
    void normalized(Batch& batch, const Normalize& normalize) const;

  private:
    std::string kind_;
    Schedule schedule_;
    std::shared_ptr<const MollifierKind> work_;
};

/// What `Normalize | Mollifier` becomes: the same bits as the two stages one after the other.
class NormalizedMollifier {
  public:
    static constexpr const char* kName = "normalize+mollify";

    NormalizedMollifier(Normalize normalize, Mollifier mollifier)
        : normalize_(std::move(normalize)), mollifier_(std::move(mollifier)) {}

    void operator()(Batch& batch) const { mollifier_.normalized(batch, normalize_); }
    Format output(const Format& input) const { return normalize_.output(input); }

  private:
    Normalize normalize_;
    Mollifier mollifier_;
};

inline NormalizedMollifier fuse(const Normalize& first, const Mollifier& second) { return {first, second}; }

/// The names that make_mollifier() knows: "none", and every kind.
const std::vector<std::string>& mollifier_kinds();

/// A mollifier by the name of its kind; nothing for "none". Throws ConfigError for an unknown name.
std::optional<Mollifier> make_mollifier(const std::string& kind, const Schedule& schedule,
                                        std::uint64_t seed);

}  // namespace mollify
