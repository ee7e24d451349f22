#include <mollify/trainers/models/flows/batch_norm.hpp>
#include <mollify/trainers/models/flows/made.hpp>
#include <mollify/trainers/models/flows/reverse.hpp>
#include <mollify/trainers/models/maf.hpp>
#include <mollify/trainers/models/networks/initialization.hpp>
#include <mollify/trainers/models/table_flow.hpp>

namespace mollify {

const KindOf<MafOptions>& maf() {
    static const KindOf<MafOptions> kind(
        "maf", "masked autoregressive flow of table rows", Takes::rows,
        [](const MafOptions& options, const SampleShape& shape,
           std::uint64_t seed) -> std::unique_ptr<Model> {
            const auto generator = make_generator(seed);
            return std::make_unique<TableFlow>("maf", shape, options.blocks,
                                               [&](TableFlow::Chain& chain, int /*block*/) {
                                                   chain.add<Made>(options.hidden, generator);
                                                   chain.add<BatchNorm>();
                                                   chain.add<Reverse>();
                                               });
        },
        [](const MafOptions& /*options*/, const SampleShape& shape) { return table_flow_problems(shape); });
    return kind;
}

}  // namespace mollify
