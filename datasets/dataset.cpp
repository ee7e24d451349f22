#include <mollify/datasets/dataset.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {

void require_readable(const Dataset& dataset, const Batch& batch) {
    const auto [content, shape] = dataset.format();
    const auto& layout = batch.layout();
    if (!layout.has_room(content) || (content != Content::encoded && layout.shape != shape)) {
        throw ConfigError("data set '" + dataset.name() + "' delivers " + to_string(content) +
                          (content == Content::encoded ? "" : " of shape " + to_string(shape)) +
                          ", but the batch has no room for them: make its layout from the data set's format");
    }
    for (const SampleId id : batch.ids()) require_sample(dataset, id);
}

void require_sample(const Dataset& dataset, SampleId id) {
    if (id < dataset.size()) return;
    throw DataError(dataset.name(), "sample " + std::to_string(id),
                    "the data set has only " + std::to_string(dataset.size()) + " samples",
                    "make the sampler for this data set");
}

}  // namespace mollify
