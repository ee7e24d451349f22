#pragma once
/// \file How many threads this process may use.

#include <cstddef>
#include <filesystem>

namespace mollify {

/// Processors that this process may run on at once: the affinity mask, cut to the cgroup's CPU quota, at least
/// 1. oneTBB before 2022.3 does not look at the quota.
std::size_t available_threads();

/// Processors' worth of time that a process's cgroups allow: the smallest quota (cpu.max of cgroup v2,
/// cpu.cfs_quota_us over cpu.cfs_period_us of v1) from its own group up to the root; infinity where there is
/// none. Groups that are not visible, as inside a container, are passed over.
/// \param membership the list of the process's groups \param root where the groups' files are mounted
double cgroup_quota(const std::filesystem::path& membership = "/proc/self/cgroup",
                    const std::filesystem::path& root = "/sys/fs/cgroup");

}  // namespace mollify
