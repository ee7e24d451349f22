#pragma once
/// \file Gaussian mollification, the kind that this project began with.

#include <cstdint>
#include <memory>

#include <mollify/stages/mollifier_kind.hpp>

namespace mollify {

/// x~ = sqrt(1-n)·x + sqrt(n)·e with e ~ N(0, 1), where n is the level and e a pure function of (seed, iteration,
/// sample id, element): Tran et al., NeurIPS 2023. The noise is defined, to the bit, in gaussian.hpp. After Normalize
/// it is one pass over memory. Throws ConfigError where MOLLIFY_INSTRUCTION_SET names a set that does not run here.
std::shared_ptr<const MollifierKind> gaussian_mollifier(std::uint64_t seed);

}  // namespace mollify
