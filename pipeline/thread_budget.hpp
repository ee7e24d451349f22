#pragma once
/// \file How many threads this process may use.

#include <cstddef>

namespace mollify {

/// Processors that this process may run on at once: the affinity mask, cut to the cgroup's CPU quota (cpu.max
/// of cgroup v2, cpu.cfs_quota_us of v1), at least 1. oneTBB before 2022.3 does not look at the quota.
std::size_t available_threads();

}  // namespace mollify
