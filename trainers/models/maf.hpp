#pragma once
/// \file The masked autoregressive flow.

#include <cstdint>
#include <vector>

#include <mollify/trainers/models/kind.hpp>

namespace mollify {

struct MafOptions {
    std::int64_t hidden = 512;
    std::int64_t blocks = 5;

    static std::vector<Key<MafOptions>> keys() {
        return {{"hidden", "units per layer of the inner networks", &MafOptions::hidden, at_least(1)},
                {"blocks", "blocks of MADE, BatchNorm and Reverse", &MafOptions::blocks, at_least(1)}};
    }
};

/// Papamakarios et al., "Masked autoregressive flow for density estimation", NeurIPS 2017: blocks of MADE,
/// BatchNorm and Reverse.
const KindOf<MafOptions>& maf();

}  // namespace mollify
