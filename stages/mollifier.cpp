#include <algorithm>
#include <string>
#include <utility>

#include <mollify/stages/error.hpp>
#include <mollify/stages/gaussian_mollifier.hpp>
#include <mollify/stages/mollifier.hpp>

namespace mollify {
namespace {

struct KindRow {
    const char* name;
    std::shared_ptr<const MollifierKind> (*make)(std::uint64_t seed);
};

/// Every kind, one a row.
constexpr KindRow kGaussian{"gaussian", gaussian_mollifier};
constexpr KindRow kKinds[] = {kGaussian};

constexpr const char* kNone = "none";

}  // namespace

Mollifier Mollifier::gaussian(const Schedule& schedule, std::uint64_t seed) {
    return {kGaussian.name, schedule, kGaussian.make(seed)};
}

void Mollifier::operator()(Batch& batch) const {
    batch.require(Content::values, kName);
    batch.require_room(Content::values, kName);
    apply(batch.values(), batch.shape(), batch.ids(), batch.iteration(), batch.epoch());
}

Format Mollifier::output(const Format& input) const {
    if (input.content != Content::values) {
        throw ConfigError(std::string("mollify needs values, not ") + to_string(input.content) +
                          ": normalize first");
    }
    return input;
}

void Mollifier::apply(std::span<float> values, const SampleShape& shape, std::span<const SampleId> ids,
                      Iteration iteration, Epoch epoch) const {
    if (values.size() != ids.size() * shape.elements()) {
        throw Error("mollify got " + std::to_string(values.size()) + " values for " +
                    std::to_string(ids.size()) + " samples of " + to_string(shape) + ": give " +
                    std::to_string(ids.size() * shape.elements()));
    }
    if (const double now = level(iteration, epoch); now > 0) work_->apply(values, shape, ids, iteration, now);
}

void Mollifier::normalized(Batch& batch, const Normalize& normalize) const {
    normalize.output({batch.content(), batch.shape()});
    if (const double now = schedule_.level(batch); now > 0) {
        work_->normalized(batch, normalize, now);
    } else {
        normalize(batch);
    }
}

const std::vector<std::string>& mollifier_kinds() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all{kNone};
        for (const KindRow& kind : kKinds) all.emplace_back(kind.name);
        return all;
    }();
    return names;
}

std::optional<Mollifier> make_mollifier(const std::string& kind, const Schedule& schedule,
                                        std::uint64_t seed) {
    if (kind == kNone) return std::nullopt;
    const auto* const row = std::ranges::find(kKinds, kind, &KindRow::name);
    if (row == std::end(kKinds)) throw ConfigError(unknown("kind of mollification", kind, mollifier_kinds()));
    return Mollifier(row->name, schedule, row->make(seed));
}

}  // namespace mollify
