#pragma once
/// \file RealNVP for tables.

#include <cstdint>
#include <vector>

#include <mollify/trainers/models/kind.hpp>

namespace mollify {

struct RealNvpOptions {
    std::int64_t hidden = 512;
    std::int64_t blocks = 5;

    static std::vector<Key<RealNvpOptions>> keys() {
        return {{"hidden", "units per layer of the inner networks", &RealNvpOptions::hidden, at_least(1)},
                {"blocks", "blocks of Coupling and BatchNorm", &RealNvpOptions::blocks, at_least(1)}};
    }
};

/// Dinh et al., "Density estimation using Real NVP", ICLR 2017: blocks of Coupling and BatchNorm, the coupling's mask
/// flipped from block to block.
const KindOf<RealNvpOptions>& realnvp();

}  // namespace mollify
