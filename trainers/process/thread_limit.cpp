#include <cstdint>
#include <fstream>
#include <latch>
#include <system_error>
#include <thread>
#include <vector>

#include <sys/resource.h>

#include <mollify/trainers/process/thread_limit.hpp>

namespace mollify {
namespace {

namespace fs = std::filesystem;

std::string full(const fs::path& group) {
    std::uint64_t limit = 0, tasks = 0;
    const auto file = group / "pids.max";
    if (!(std::ifstream(file) >> limit) || !(std::ifstream(group / "pids.current") >> tasks)) return "";
    return tasks >= limit ? file.string() + " = " + std::to_string(limit) : "";
}

/// The limit that is in the way of one more thread; to be asked while there are so many.
std::string limit_in_the_way() {
    if (const auto group = full_group(); !group.empty()) return group + " of the cgroup";
    rlimit processes{}, memory{};
    ::getrlimit(RLIMIT_NPROC, &processes);
    ::getrlimit(RLIMIT_AS, &memory);
    if (processes.rlim_cur != RLIM_INFINITY)
        return "ulimit -u = " + std::to_string(processes.rlim_cur) +
               ", which counts all threads of this user";
    if (memory.rlim_cur != RLIM_INFINITY)
        return "ulimit -v = " + std::to_string(memory.rlim_cur / 1024) + " KiB of memory";
    return "the system's memory, or kernel.threads-max";
}

}  // namespace

std::string full_group(const fs::path& membership, const fs::path& root) {
    std::ifstream groups(membership);
    // A line is "number:controllers:/path", without controllers for v2 (cgroups(7)).
    for (std::string number, controllers, path; std::getline(groups, number, ':') &&
                                                std::getline(groups, controllers, ':') &&
                                                std::getline(groups, path);) {
        if (!controllers.empty() && controllers != "pids") continue;
        const auto mount = root / controllers;
        auto group = fs::path(path).lexically_normal().relative_path();
        for (;; group = group.parent_path()) {
            if (auto found = full(group.empty() ? mount : mount / group); !found.empty()) return found;
            if (group.empty()) break;
        }
    }
    return "";
}

std::string thread_problem(std::size_t count) {
    std::latch end(1);
    std::vector<std::thread> threads;
    std::string problem;
    try {
        threads.reserve(count);
        while (threads.size() < count) threads.emplace_back([&end] { end.wait(); });
    } catch (const std::system_error&) {
        problem = "only " + std::to_string(threads.size()) + " of " + std::to_string(count) +
                  " threads can be started: in the way is " + limit_in_the_way() +
                  "; raise it, or ask for fewer threads (--set threads.total=1)";
    }
    end.count_down();
    for (auto& thread : threads) thread.join();
    return problem;
}

}  // namespace mollify
