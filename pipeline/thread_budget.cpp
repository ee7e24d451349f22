#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>

#include <sched.h>

#include <mollify/pipeline/thread_budget.hpp>

namespace mollify {
namespace {

constexpr double kNoQuota = std::numeric_limits<double>::infinity();

/// The quota of one group alone, by the files of either version.
double quota_of(const std::filesystem::path& group) {
    double quota = 0;  // stays at or below 0 where there is none: v2 writes "max", v1 -1
    double period = 0;
    if (std::ifstream file(group / "cpu.max"); !(file >> quota >> period)) {
        std::ifstream(group / "cpu.cfs_quota_us") >> quota;
        std::ifstream(group / "cpu.cfs_period_us") >> period;
    }
    return quota > 0 && period > 0 ? quota / period : kNoQuota;
}

/// The smallest quota from `group` ("/a/b") up to the root of the hierarchy mounted at `mount`.
double least_quota(const std::filesystem::path& mount, std::filesystem::path group) {
    double least = quota_of(mount);
    for (; group.has_relative_path(); group = group.parent_path()) {
        least = std::min(least, quota_of(mount / group.relative_path()));
    }
    return least;
}

std::size_t affinity() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
    return static_cast<std::size_t>(CPU_COUNT(&set));
}

}  // namespace

double cgroup_quota(const std::filesystem::path& membership, const std::filesystem::path& root) {
    double least = kNoQuota;
    std::ifstream groups(membership);
    // A line is "number:controllers:/path", without controllers for v2 (cgroups(7)).
    for (std::string number, controllers, path; std::getline(groups, number, ':') &&
                                                std::getline(groups, controllers, ':') &&
                                                std::getline(groups, path);) {
        const auto group = std::filesystem::path(path).lexically_normal();
        if (controllers.empty()) {
            least = std::min({least, least_quota(root, group), least_quota(root / "unified", group)});
        } else if ((',' + controllers + ',').find(",cpu,") != std::string::npos) {
            least =
                std::min({least, least_quota(root / controllers, group), least_quota(root / "cpu", group)});
        }
    }
    return least;
}

std::size_t available_threads() {
    const double threads = std::min(static_cast<double>(affinity()), std::ceil(cgroup_quota()));
    return std::max<std::size_t>(1, static_cast<std::size_t>(threads));
}

}  // namespace mollify
