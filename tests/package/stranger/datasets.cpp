// Uses mollify::datasets: every sample comes once in an epoch.
#include <cstdio>
#include <set>
#include <vector>

#include <mollify/datasets/sampler.hpp>

int main() {
    const mollify::Sampler sampler(100, {.batch_size = 10, .seed = 3});
    std::set<mollify::SampleId> seen;
    std::vector<mollify::SampleId> ids;
    for (mollify::Iteration iteration = 0; iteration < sampler.batches_per_epoch(); ++iteration) {
        sampler.ids(iteration, ids);
        seen.insert(ids.begin(), ids.end());
    }
    std::printf("%zu samples seen\n", seen.size());
    return seen.size() == 100 ? 0 : 1;
}
