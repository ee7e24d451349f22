#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <doctest/doctest.h>
#include <sched.h>

#include <mollify/pipeline/thread_budget.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;

namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();

/// A tree of cgroup files and a process's place in it.
struct PlantedGroups {
    test::TemporaryFolder folder;

    double quota(const std::string& membership) const {
        return cgroup_quota(folder.write("membership", membership), folder.path() / "fs");
    }
    void write(const std::string& file, const std::string& text) const { folder.write("fs/" + file, text); }
};

}  // namespace

TEST_CASE("the quota of cgroup v2 is the smallest from the process's group up to the root") {
    const PlantedGroups groups;
    groups.write("user/cpu.max", "250000 100000\n");
    groups.write("user/job/cpu.max", "max 100000\n");
    groups.write("user/job/step/cpu.max", "400000 100000\n");
    groups.write("other/cpu.max", "100000 100000\n");
    CHECK(groups.quota("0::/user/job/step\n") == 2.5);
    CHECK(groups.quota("0::/user/job\n") == 2.5);
    CHECK(groups.quota("0::/\n") == kNone);
    groups.write("user/job/step/cpu.max", "50000 100000\n");
    CHECK(groups.quota("0::/user/job/step\n") == 0.5);
}

TEST_CASE("the quota of cgroup v1 is that of the cpu controller, wherever it is mounted") {
    for (const std::string mount : {"cpu", "cpu,cpuacct"}) {
        const PlantedGroups groups;
        groups.write(mount + "/cpu.cfs_quota_us", "-1\n");
        groups.write(mount + "/cpu.cfs_period_us", "100000\n");
        groups.write(mount + "/job/cpu.cfs_quota_us", "150000\n");
        groups.write(mount + "/job/cpu.cfs_period_us", "50000\n");
        groups.write(mount + "/job/step/cpu.cfs_quota_us", "-1\n");
        groups.write(mount + "/job/step/cpu.cfs_period_us", "100000\n");
        const auto line = [&](const std::string& group) {
            return "9:name=systemd:/other\n4:" + mount + ":" + group + "\n2:cpuset:/other\n0::/\n";
        };
        CHECK(groups.quota(line("/job/step")) == 3);
        CHECK(groups.quota(line("/")) == kNone);
    }
}

TEST_CASE("inside a container, where only its own group is visible as the root, that group's quota counts") {
    const PlantedGroups groups;
    groups.write("cpu.max", "150000 100000\n");
    CHECK(groups.quota("0::/docker/0123abcd\n") == 1.5);
    CHECK(groups.quota("0::/../../elsewhere\n") == 1.5);
}

TEST_CASE(
    "both versions side by side give the smaller quota, and files that cannot be understood give none") {
    const PlantedGroups groups;
    groups.write("unified/job/cpu.max", "200000 100000\n");
    groups.write("cpu/job/cpu.cfs_quota_us", "300000\n");
    groups.write("cpu/job/cpu.cfs_period_us", "100000\n");
    CHECK(groups.quota("1:cpu:/job\n0::/job\n") == 2);
    CHECK(groups.quota("1:cpu:/job\n0::/\n") == 3);
    groups.write("unified/job/cpu.max", "a lot\n");
    CHECK(groups.quota("0::/job\n") == kNone);
    CHECK(groups.quota("") == kNone);
    CHECK(groups.quota("nonsense\n") == kNone);
    CHECK(cgroup_quota(groups.folder / "missing", groups.folder / "missing") == kNone);
}

TEST_CASE("a process has the processors of its affinity mask, cut to the quota") {
    cpu_set_t all;
    REQUIRE(sched_getaffinity(0, sizeof(all), &all) == 0);
    const auto quota = std::ceil(cgroup_quota());
    CHECK(available_threads() == static_cast<std::size_t>(std::min<double>(CPU_COUNT(&all), quota)));
    cpu_set_t one;
    CPU_ZERO(&one);
    for (std::size_t cpu = 0; CPU_COUNT(&one) == 0; ++cpu) {
        if (CPU_ISSET(cpu, &all)) CPU_SET(cpu, &one);
    }
    REQUIRE(sched_setaffinity(0, sizeof(one), &one) == 0);
    CHECK(available_threads() == 1);
    REQUIRE(sched_setaffinity(0, sizeof(all), &all) == 0);
}
