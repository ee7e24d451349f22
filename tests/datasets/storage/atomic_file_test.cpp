#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mollify/datasets/storage/atomic_file.hpp>
#include <mollify/datasets/storage/mapped_file.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;
using mollify::test::message_of;

namespace {

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

std::size_t entries(const std::filesystem::path& folder) {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()));
}

/// Runs `action` in a child process that may not write files beyond `limit` bytes; true where it returns
/// true.
template <class Action>
bool in_child_with_file_limit(rlim_t limit, Action&& action) {
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limits{limit, limit};
        ::setrlimit(RLIMIT_FSIZE, &limits);
        ::_exit(action() ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("a file appears when it is committed, and replaces the one before in one step") {
    const test::TemporaryFolder folder;
    folder.write("a", "before");
    {
        AtomicFile file(folder / "a");
        file.write(bytes_of("hello "));
        file.write_at(6, bytes_of("world"));
        CHECK(test::content_of(folder / "a") == "before");
        file.commit();
    }
    CHECK(test::content_of(folder / "a") == "hello world");
    CHECK(entries(folder.path()) == 1);
}

TEST_CASE("without a commit nothing is left behind") {
    const test::TemporaryFolder folder;
    {
        AtomicFile file(folder / "a");
        file.write(bytes_of("half"));
        CHECK(std::filesystem::exists(file.temporary()));
    }
    CHECK(entries(folder.path()) == 0);
}

TEST_CASE("a write that fails is a typed error with the system's reason, and leaves nothing behind") {
    const test::TemporaryFolder folder;
    CHECK(in_child_with_file_limit(1000, [&] {
        const auto reserving = message_of([&] { AtomicFile(folder / "a").reserve(2000); });
        const auto writing =
            message_of([&] { AtomicFile(folder / "a").write(bytes_of(std::string(2000, 'x'))); });
        const auto placing = message_of([&] { AtomicFile(folder / "a").write_at(1500, bytes_of("x")); });
        return reserving.find("File too large") != std::string::npos &&
               writing.find("a: cannot write the file: File too large (raise the limit") !=
                   std::string::npos &&
               placing.find("File too large") != std::string::npos;
    }));
    CHECK(entries(folder.path()) == 0);
}

TEST_CASE("a file in a folder that is missing cannot be made") {
    const test::TemporaryFolder folder;
    CHECK(message_of([&] { AtomicFile(folder / "none" / "a"); }).find("cannot create the file") !=
          std::string::npos);
}

TEST_CASE("a pipe, a folder or a device is never replaced by a file") {
    const test::TemporaryFolder folder;
    REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    std::filesystem::create_symlink("pipe", folder / "link");
    std::filesystem::create_directory(folder / "folder");
    for (const auto* name : {"pipe", "link", "folder"}) {
        CAPTURE(name);
        CHECK(message_of([&] { AtomicFile(folder / name); }).find("is not a regular file (name another") !=
              std::string::npos);
    }
    CHECK(message_of([] { AtomicFile("/dev/null"); }).find("/dev/null: is there") != std::string::npos);
    CHECK(entries(folder.path()) == 3);
}

TEST_CASE("a mapped file shows the bytes of the file and can be moved") {
    const test::TemporaryFolder folder;
    MappedFile a(folder.write("a", "first"));
    MappedFile b(folder.write("b", "second"), MappedFile::Access::random);
    CHECK(a.text() == "first");
    a = std::move(b);
    CHECK(a.text() == "second");
    const MappedFile c(std::move(a));
    CHECK(c.size() == 6);
    CHECK(c.path() == (folder / "b").string());
}

TEST_CASE(
    "what a killed process left of a file or folder is removed when it is written again, and nothing else") {
    const test::TemporaryFolder folder;
    const auto target = folder / "a.h5";
    std::filesystem::path of_dead;
    {
        int names[2];
        REQUIRE(::pipe(names) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            const auto* const file = new AtomicFile(target);  // never removed
            const auto name = file->temporary().string();
            ::_exit(::write(names[1], name.data(), name.size()) > 0 ? 0 : 1);
        }
        std::string name(4096, '\0');
        name.resize(static_cast<std::size_t>(::read(names[0], name.data(), name.size())));
        ::waitpid(child, nullptr, 0);
        ::close(names[0]);
        ::close(names[1]);
        of_dead = name;
    }
    REQUIRE(std::filesystem::exists(of_dead));
    const auto mark = of_dead.filename().string().substr(4);  // after "a.h5"
    const AtomicFile living(target);                          // removes it
    CHECK_FALSE(std::filesystem::exists(of_dead));

    // A folder of a drawn set, beside what is another file's, another machine's, a living process's, or no such name.
    std::filesystem::create_directories(folder.path() / ("set" + mark));
    folder.write("set" + mark + "/data_batch_1.bin", "part");
    std::vector<std::filesystem::path> kept{living.temporary()};
    for (const std::string& name : {"b.h5" + mark, "a.h5" + mark + "x", std::string("a.h5.partial-"),
                                    std::string("a.h5.partial-x-0-y"), std::string("a.h5.partial-1")}) {
        kept.push_back(folder.write(name, "kept"));
    }
    remove_leftovers(target);
    remove_leftovers(folder / "set");
    CHECK_FALSE(std::filesystem::exists(folder.path() / ("set" + mark)));
    for (const auto& path : kept) {
        CAPTURE(path);
        CHECK(std::filesystem::exists(path));
    }
}
