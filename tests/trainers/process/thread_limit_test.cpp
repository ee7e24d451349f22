#include <string>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/trainers/process/thread_limit.hpp>

using namespace mollify;

namespace {

constexpr uid_t kUser = 54321;  // of whom no other process is counted

/// What thread_problem(count) says in a process that may have `limit` threads; "skipped" where that cannot be had: the
/// limit does not hold for root, and not everyone may become another user.
std::string problem_under_limit(rlim_t limit, std::size_t count) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const rlimit most{limit, limit};
        const bool limited = ::geteuid() == 0 && ::setresuid(kUser, kUser, kUser) == 0 &&
                             ::setrlimit(RLIMIT_NPROC, &most) == 0;
        const auto text = limited ? thread_problem(count) : "skipped";
        const bool written = ::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
        ::_exit(written ? 0 : 1);
    }
    ::close(ends[1]);
    std::string text(4096, '\0');
    std::size_t size = 0;
    for (ssize_t got = 0; (got = ::read(ends[0], text.data() + size, text.size() - size)) > 0;)
        size += static_cast<std::size_t>(got);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
    text.resize(size);
    return text;
}

}  // namespace

TEST_CASE("Where threads can be started nothing is said") { CHECK(thread_problem(20).empty()); }

TEST_CASE("A limit of the user's threads is found before the threads are needed, and named") {
    const auto problem = problem_under_limit(6, 20);
    if (problem == "skipped") {
        MESSAGE("skipped: only root can make a process of another user");
        return;
    }
    CHECK(problem.starts_with("only 5 of 20 threads can be started: in the way is ulimit -u = 6"));
    CHECK(problem_under_limit(6, 5).empty());
}

TEST_CASE(
    "A cgroup whose tasks are used up is found from the process's own up to the root, in both versions") {
    const test::TemporaryFolder folder;
    const auto group = [&](const std::string& path, const std::string& limit, const std::string& tasks) {
        folder.write(path + "/pids.max", limit + "\n");
        folder.write(path + "/pids.current", tasks + "\n");
    };
    const auto membership = folder.write("membership", "8:pids:/a/b\n4:memory:/m\n0::/c/d\n");
    CHECK(full_group(membership, folder.path()).empty());
    group("pids/a/b", "max", "7");
    group("memory/m", "5", "7");  // of no tasks
    CHECK(full_group(membership, folder.path()).empty());
    group("pids/a", "40", "39");
    CHECK(full_group(membership, folder.path()).empty());
    group("pids/a", "40", "40");
    CHECK(full_group(membership, folder.path()) == (folder / "pids/a/pids.max").string() + " = 40");
    group("pids/a", "40", "39");
    group("c/d", "12", "12");
    CHECK(full_group(membership, folder.path()) == (folder / "c/d/pids.max").string() + " = 12");
    CHECK(full_group(folder.path() / "missing", folder.path()).empty());
}
