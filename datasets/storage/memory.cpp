#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>

#include <sys/resource.h>

#include <mollify/datasets/storage/memory.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

/// The number in a file, or `otherwise` ("max", or no such file).
std::uint64_t number_in(const fs::path& path, std::uint64_t otherwise) {
    std::ifstream file(path);
    std::uint64_t number = 0;
    return file >> number ? number : otherwise;
}

/// The number after `key` in a file of such pairs, or `otherwise`.
std::uint64_t number_of(const fs::path& path, const std::string& key, std::uint64_t otherwise) {
    std::ifstream file(path);
    std::uint64_t number = 0;
    for (std::string word; file >> word;) {
        if (word == key && file >> number) return number;
    }
    return otherwise;
}

std::uint64_t left_of(std::uint64_t limit, std::uint64_t used) { return limit - std::min(limit, used); }

/// What the process's control groups leave, from its own up to the root; those that are not visible are passed over.
std::uint64_t left_by_groups() {
    std::uint64_t left = kUnlimited;
    std::ifstream groups("/proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {  // number:controllers:path
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        const bool v1 = controllers == "memory";
        if (!v1 && !controllers.empty()) continue;
        const fs::path root = v1 ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup";
        for (fs::path group = fs::path(line.substr(second + 1)).relative_path();;
             group = group.parent_path()) {
            const auto limit =
                number_in(root / group / (v1 ? "memory.limit_in_bytes" : "memory.max"), kUnlimited);
            const auto used = number_in(root / group / (v1 ? "memory.usage_in_bytes" : "memory.current"), 0);
            // Cached pages of files count as used, and are given back when memory is asked for.
            const std::string total = v1 ? "total_" : "";
            const auto cached = number_of(root / group / "memory.stat", total + "inactive_file", 0) +
                                number_of(root / group / "memory.stat", total + "active_file", 0);
            if (limit != kUnlimited) left = std::min(left, left_of(limit, left_of(used, cached)));
            if (group.empty()) break;
        }
    }
    return left;
}

}  // namespace

std::uint64_t available_memory() {
    constexpr std::uint64_t kUnit = 1024;  // of the files in /proc
    std::uint64_t left =
        std::min(number_of("/proc/meminfo", "MemAvailable:", kUnlimited / kUnit) * kUnit, left_by_groups());
    rlimit limit{};
    if (::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        left = std::min(left, left_of(limit.rlim_cur, number_of("/proc/self/status", "VmSize:", 0) * kUnit));
    }
    return left;
}

std::string bytes_in_words(std::uint64_t bytes) {
    constexpr std::array kUnits{"kB", "MB", "GB", "TB", "PB", "EB"};
    if (bytes < 1000) return std::to_string(bytes) + " bytes";
    double number = static_cast<double>(bytes) / 1000;
    std::size_t unit = 0;
    for (; number >= 1000; number /= 1000) ++unit;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f %s", number, kUnits[unit]);
    return text.data();
}

void require_memory(const std::string& path, const std::string& where, std::uint64_t bytes,
                    const std::string& what, const std::string& remedy) {
    const std::uint64_t available = available_memory();
    if (bytes <= available) return;
    throw DataError(path, where,
                    what + " takes " + bytes_in_words(bytes) + " of memory, and " +
                        bytes_in_words(available) + " are available",
                    remedy);
}

}  // namespace mollify
