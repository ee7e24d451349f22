#pragma once
/// \file Glow for tables.

#include <cstdint>
#include <vector>

#include <mollify/trainers/models/kind.hpp>

namespace mollify {

struct GlowOptions {
    std::int64_t hidden = 512;
    std::int64_t blocks = 5;

    static std::vector<Key<GlowOptions>> keys() {
        return {{"hidden", "units per layer of the inner networks", &GlowOptions::hidden, at_least(1)},
                {"blocks", "blocks of BatchNorm, LU matrix and Coupling", &GlowOptions::blocks, at_least(1)}};
    }
};

/// Kingma and Dhariwal, "Glow: generative flow with invertible 1×1 convolutions", NeurIPS 2018, for rows: blocks of
/// BatchNorm, an LU matrix and Coupling, the coupling's mask flipped from block to block.
const KindOf<GlowOptions>& glow();

}  // namespace mollify
