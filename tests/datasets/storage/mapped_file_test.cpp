#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mollify/datasets/storage/mapped_file.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;

namespace {

/// What a child process that does `work` writes to its standard error, and how it ended.
struct Ended {
    int status;
    std::string words;
};

template <class Work>
Ended in_child(const test::TemporaryFolder& folder, Work&& work) {
    const std::string words = folder / "words";
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::dup2(::open(words.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
        ::signal(SIGBUS, SIG_DFL);  // doctest's own
        work();
        ::_exit(0);
    }
    Ended ended{};
    ::waitpid(child, &ended.status, 0);
    ended.words = test::content_of(words);
    return ended;
}

/// Two pages, of which the second is cut off after the file was mapped.
std::string two_pages() { return std::string(2 * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)), 'x'); }

/// Reads a mapped file's last byte.
void read_end(const MappedFile& file) {
    const volatile char last = file.text().back();
    static_cast<void>(last);
}

}  // namespace

TEST_CASE("a mapped file is its bytes") {
    const test::TemporaryFolder folder;
    const MappedFile file(folder.write("a", "bytes"));
    CHECK(file.text() == "bytes");
    CHECK(file.size() == 5);
}

TEST_CASE("a pipe that nobody writes to is refused at once instead of being waited for") {
    const test::TemporaryFolder folder;
    const std::string path = folder / "pipe";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    CHECK(test::message_of([&] { MappedFile file(path); }) ==
          path + ": is not a regular file (give the path of a file)");
}

TEST_CASE("a file that is cut short while it is read is named before the process ends, and only that one") {
    const test::TemporaryFolder folder;
    const std::string path = folder.write("short", two_pages()), other = folder.write("other", two_pages());
    const auto ended = in_child(folder, [&] {
        name_files_on_bus_errors(9);
        const MappedFile gone(other);
        MappedFile first(path);
        const MappedFile whole(other), file = std::move(first);  // moved: found all the same
        ::truncate(path.c_str(), 10);
        read_end(whole);
        read_end(file);
    });
    CHECK(WIFEXITED(ended.status));
    CHECK(WEXITSTATUS(ended.status) == 9);
    CHECK(ended.words.starts_with("mollify: " + path + ": the file was cut short"));
    CHECK(ended.words.find(other) == std::string::npos);
}

TEST_CASE("a bus error that is of no mapped file ends the process as without the handler") {
    const test::TemporaryFolder folder;
    const std::string path = folder.write("short", two_pages());
    const auto elsewhere = [&](bool fault) {
        return in_child(folder, [&] {
            name_files_on_bus_errors(9);
            if (!fault) ::raise(SIGBUS);
            { const MappedFile closed(path); }
            const int number = ::open(path.c_str(), O_RDWR);
            auto* const page = static_cast<const volatile char*>(
                ::mmap(nullptr, two_pages().size(), PROT_READ, MAP_SHARED, number, 0));
            ::truncate(path.c_str(), 0);
            static_cast<void>(*page);
        });
    };
    for (const bool fault : {false, true}) {
        const auto ended = elsewhere(fault);
        CHECK(WIFSIGNALED(ended.status));
        CHECK(WTERMSIG(ended.status) == SIGBUS);
        CHECK(ended.words.empty());
    }
}

TEST_CASE("more files than can be named are mapped all the same, and names come free again") {
    const test::TemporaryFolder folder;
    const std::string path = folder.write("a", two_pages());
    const auto ended = in_child(folder, [&] {
        name_files_on_bus_errors(9);
        {
            std::vector<MappedFile> files;
            for (int i = 0; i < 600; ++i) files.emplace_back(path);
        }
        const MappedFile file(path);
        ::truncate(path.c_str(), 10);
        read_end(file);
    });
    CHECK(WIFEXITED(ended.status));
    CHECK(ended.words.starts_with("mollify: " + path));
}

TEST_CASE("a change of the file on the disk is told, by what it is") {
    const test::TemporaryFolder folder;
    const std::string path = folder.write("a", "12345");
    const timespec long_ago[2] = {{1000, 0}, {1000, 500}};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), long_ago, 0) == 0);
    MappedFile opened(path);
    const MappedFile file = std::move(opened);
    CHECK(file.change().empty());

    const timespec a_nanosecond_later[2] = {{1000, 0}, {1000, 501}};
    SUBCASE("in place, with the same size") {
        folder.write("a", "54321");
        CHECK(file.change() == path + ": the file was written to since it was opened");
    }
    SUBCASE("to the nanosecond") {
        REQUIRE(::utimensat(AT_FDCWD, path.c_str(), a_nanosecond_later, 0) == 0);
        CHECK(file.change() == path + ": the file was written to since it was opened");
    }
    SUBCASE("longer or shorter") {
        folder.write("a", "123456");
        CHECK(file.change() == path + ": the file had 5 bytes when it was opened, and has 6 now");
        REQUIRE(::truncate(path.c_str(), 4) == 0);
        CHECK(file.change() == path + ": the file had 5 bytes when it was opened, and has 4 now");
    }
    SUBCASE("replaced by one of the same size and time") {
        const std::string other = folder.write("b", "54321");
        REQUIRE(::utimensat(AT_FDCWD, other.c_str(), long_ago, 0) == 0);
        std::filesystem::rename(other, path);
        CHECK(file.change() == path + ": another file has taken its place");
    }
    SUBCASE("gone") {
        std::filesystem::remove(path);
        CHECK(file.change().starts_with(path + ": the file is gone"));
    }
}
