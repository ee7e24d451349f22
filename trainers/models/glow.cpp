#include <mollify/trainers/models/flows/batch_norm.hpp>
#include <mollify/trainers/models/flows/coupling.hpp>
#include <mollify/trainers/models/flows/lu_matrix.hpp>
#include <mollify/trainers/models/glow.hpp>
#include <mollify/trainers/models/networks/initialization.hpp>
#include <mollify/trainers/models/table_flow.hpp>

namespace mollify {

const KindOf<GlowOptions>& glow() {
    static const KindOf<GlowOptions> kind(
        "glow", "Glow of table rows", Takes::rows,
        [](const GlowOptions& options, const SampleShape& shape,
           std::uint64_t seed) -> std::unique_ptr<Model> {
            const auto generator = make_generator(seed);
            return std::make_unique<TableFlow>("glow", shape, options.blocks,
                                               [&](TableFlow::Chain& chain, int block) {
                                                   chain.add<BatchNorm>();
                                                   chain.add<LuLayer>(generator);
                                                   chain.add<Coupling>(options.hidden, block % 2, generator);
                                               });
        },
        [](const GlowOptions& /*options*/, const SampleShape& shape) { return table_flow_problems(shape); });
    return kind;
}

}  // namespace mollify
