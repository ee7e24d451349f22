#include <utility>

#include <mollify/pipeline/row_choice.hpp>

namespace mollify {

void RowChooser::found(BadSample bad) {
    const std::lock_guard lock(mutex_);
    known_.emplace(bad.id, std::move(bad));
}

void RowChooser::choose(Iteration iteration, std::span<const SampleId> wanted, RowChoice& out) const {
    out.ids.clear();
    out.bad.clear();
    out.unreplaced.reset();
    const std::lock_guard lock(mutex_);
    const auto is_bad = [&](SampleId id) {
        const auto entry = known_.find(id);
        if (entry == known_.end()) return false;
        out.bad.push_back(entry->second);
        out.bad.back().iteration = iteration;
        return true;
    };
    for (const SampleId sample : wanted) {
        SampleId candidate = sample;
        std::uint32_t draws = policy_ == BadSamplePolicy::substitute ? kSubstituteDraws : 0;
        bool usable = !is_bad(candidate);
        for (std::uint32_t draw = 0; !usable && draw < draws; ++draw) {
            candidate = substitute(seed_, iteration, sample, draw, size_);
            usable = !is_bad(candidate);
        }
        if (usable) {
            out.ids.push_back(candidate);
        } else if (policy_ == BadSamplePolicy::substitute && !out.unreplaced) {
            out.unreplaced = sample;
        }
    }
}

BadSampleList::BadSampleList(std::vector<BadSample> known) : all_(std::move(known)) {
    for (const auto& bad : all_) ids_.insert(bad.id);
}

bool BadSampleList::add(const BadSample& bad) {
    if (!ids_.insert(bad.id).second) return false;
    all_.push_back(bad);
    return true;
}

}  // namespace mollify
