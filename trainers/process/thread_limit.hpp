#pragma once
/// \file Whether the system lets this process start the threads that it is going to need.

#include <cstddef>
#include <filesystem>
#include <string>

namespace mollify {

/// Starts `count` threads at once and ends them: why that is impossible, with the limit that is in the way (ulimit -u,
/// a cgroup's pids.max) and what to do, or empty. LibTorch's pool waits for ever for threads that could not be started,
/// so ask before its first tensor operation. Takes some 20 µs per thread.
std::string thread_problem(std::size_t count);

/// The cgroup of the process whose limit of tasks is reached, as "<folder>/pids.max = 40", or empty. Both versions of
/// cgroups, from its own group up to the root; groups that are not visible, as inside a container, are passed over.
/// \param membership the list of the process's groups \param root where the groups' files are mounted
std::string full_group(const std::filesystem::path& membership = "/proc/self/cgroup",
                       const std::filesystem::path& root = "/sys/fs/cgroup");

}  // namespace mollify
