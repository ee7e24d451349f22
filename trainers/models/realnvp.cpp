#include <mollify/trainers/models/flows/batch_norm.hpp>
#include <mollify/trainers/models/flows/coupling.hpp>
#include <mollify/trainers/models/networks/initialization.hpp>
#include <mollify/trainers/models/realnvp.hpp>
#include <mollify/trainers/models/table_flow.hpp>

namespace mollify {

const KindOf<RealNvpOptions>& realnvp() {
    static const KindOf<RealNvpOptions> kind(
        "realnvp", "RealNVP of table rows", Takes::rows,
        [](const RealNvpOptions& options, const SampleShape& shape,
           std::uint64_t seed) -> std::unique_ptr<Model> {
            const auto generator = make_generator(seed);
            return std::make_unique<TableFlow>("realnvp", shape, options.blocks,
                                               [&](TableFlow::Chain& chain, int block) {
                                                   chain.add<Coupling>(options.hidden, block % 2, generator);
                                                   chain.add<BatchNorm>();
                                               });
        },
        [](const RealNvpOptions& /*options*/, const SampleShape& shape) {
            return table_flow_problems(shape);
        });
    return kind;
}

}  // namespace mollify
