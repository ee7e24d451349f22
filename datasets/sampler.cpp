#include <algorithm>
#include <string>

#include <mollify/datasets/permutation.hpp>
#include <mollify/datasets/sampler.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/kernel/philox.hpp>

namespace mollify {
namespace {

/// First row of part `index` when `rows` are cut into `count` parts that differ by at most one row.
std::size_t part_begin(std::size_t rows, std::size_t index, std::size_t count) {
    return index * (rows / count) + std::min(index, rows % count);
}

}  // namespace

Sampler::Sampler(std::size_t dataset_size, const SamplerOptions& options)
    : dataset_size_(dataset_size), options_(options) {
    std::vector<std::string> problems;
    const auto [shard, shards] = options.shard;
    if (options.batch_size == 0) problems.push_back("batch_size is 0: use at least 1");
    if (shards == 0 || shard >= shards) {
        problems.push_back("shard " + std::to_string(shard) + " of " + std::to_string(shards) +
                           ": the index must be below the count");
    }
    if (dataset_size == 0) {
        problems.push_back("the data set is empty");
    } else if (dataset_size >= kAddressLimit) {
        problems.push_back("the data set has 2^44 samples or more");
    } else if (options.drop_last && options.batch_size > dataset_size) {
        problems.push_back(
            "batch_size " + std::to_string(options.batch_size) + " is larger than the data set of " +
            std::to_string(dataset_size) +
            " samples, and drop_last leaves no batch: use a smaller batch, or drop_last = false");
    }
    if (!problems.empty()) throw ConfigError(std::move(problems));
    const std::size_t whole = dataset_size / options.batch_size;
    batches_per_epoch_ = whole + (!options.drop_last && dataset_size % options.batch_size != 0);
}

std::size_t Sampler::capacity() const {
    const std::size_t rows = std::min(options_.batch_size, dataset_size_);
    return part_begin(rows, 1, options_.shard.count);  // the first part is the largest
}

void Sampler::ids(Iteration iteration, std::vector<SampleId>& out) const {
    const Epoch pass = epoch(iteration);
    const std::size_t first = (iteration % batches_per_epoch_) * options_.batch_size;
    const std::size_t rows = std::min(options_.batch_size, dataset_size_ - first);
    const std::size_t begin = first + part_begin(rows, options_.shard.index, options_.shard.count);
    const std::size_t end = first + part_begin(rows, options_.shard.index + 1, options_.shard.count);
    out.resize(end - begin);
    if (options_.shuffle) {
        const Permutation order(dataset_size_, options_.seed, pass);
        for (std::size_t i = begin; i < end; ++i) out[i - begin] = order(i);
    } else {
        for (std::size_t i = begin; i < end; ++i) out[i - begin] = i;
    }
}

}  // namespace mollify
