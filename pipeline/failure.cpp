#include <algorithm>
#include <utility>

#include <mollify/pipeline/failure.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

/// Why this is one sample's fault; nothing where it is not.
std::optional<std::string> sample_fault(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const SampleError& fault) {
        return fault.what();
    } catch (const DataError& fault) {
        return fault.what();
    } catch (...) {
        return {};
    }
}

/// The sample that a stage named itself.
std::optional<SampleId> named_sample(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const SampleError& fault) {
        return fault.sample();
    } catch (...) {
        return {};
    }
}

}  // namespace

Failure diagnose(const Dataset& dataset, std::string stage, Iteration iteration, const Batch& batch,
                 const ParallelRows& rows, const std::exception_ptr& error) {
    Failure out{std::move(stage), iteration, named_sample(error), error, {}};
    const auto ids = batch.ids();
    const auto blame = [&](SampleId id, const std::exception_ptr& what) {
        const auto reason = sample_fault(what);
        if (reason) out.bad.push_back({id, iteration, out.stage, dataset.origin(id), *reason});
        return reason.has_value();
    };
    const auto failures = rows.failures(error);
    if (failures.empty()) {  // a stage that walks over its rows itself
        if (out.sample && std::ranges::find(ids, *out.sample) != ids.end()) blame(*out.sample, error);
        return out;
    }
    for (const auto& [row, what] : failures) {
        const bool there = row < ids.size();
        if (there && !out.sample) out.sample = ids[row];
        if (there && blame(ids[row], what)) continue;
        out.bad.clear();
        out.cause = what;
        out.sample = there ? std::optional(ids[row]) : std::nullopt;
        break;
    }
    return out;
}

std::exception_ptr explained(const Dataset& dataset, const Failure& failure) {
    // A stage may name a sample that there is not.
    const bool there = failure.sample && *failure.sample < dataset.size();
    const auto error = [&](const std::string& cause) {
        return StageError(failure.stage, failure.iteration, failure.sample,
                          there ? dataset.origin(*failure.sample) : "", cause);
    };
    try {
        try {
            std::rethrow_exception(failure.cause);
        } catch (const std::exception& cause) {
            std::throw_with_nested(error(cause.what()));
        } catch (...) {
            std::throw_with_nested(error("unknown exception"));
        }
    } catch (...) {
        return std::current_exception();
    }
}

std::exception_ptr too_many(const std::vector<BadSample>& bad, std::size_t budget) {
    const auto& last = bad.back();
    auto text = last.reason + "\n  With it " + std::to_string(bad.size()) + " samples cannot be used, " +
                (bad.size() > budget ? "more than the budget of " + std::to_string(budget) + ":"
                                     : "which is all of them:");
    for (const auto& each : bad) text += "\n    " + to_string(each);
    text +=
        "\n  Mend or remove them, or allow more: --set pipeline.bad_budget=" + std::to_string(2 * bad.size());
    return std::make_exception_ptr(StageError(last.stage, last.iteration, last.id, last.origin, text));
}

}  // namespace mollify
