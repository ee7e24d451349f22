#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>

#include <sched.h>

#include <mollify/pipeline/thread_budget.hpp>

namespace mollify {
namespace {

/// Processors' worth of time per period, or infinity where there is no quota.
double cgroup_quota() {
    std::string quota;
    double period = 0;
    if (std::ifstream file("/sys/fs/cgroup/cpu.max"); file >> quota >> period) {
        if (quota != "max" && period > 0) return std::stod(quota) / period;
    }
    std::ifstream quota_file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
    std::ifstream period_file("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
    if (double microseconds = 0; quota_file >> microseconds && period_file >> period) {
        if (microseconds > 0 && period > 0) return microseconds / period;
    }
    return std::numeric_limits<double>::infinity();
}

std::size_t affinity() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
    return static_cast<std::size_t>(CPU_COUNT(&set));
}

}  // namespace

std::size_t available_threads() {
    const double threads = std::min(static_cast<double>(affinity()), std::ceil(cgroup_quota()));
    return std::max<std::size_t>(1, static_cast<std::size_t>(threads));
}

}  // namespace mollify
