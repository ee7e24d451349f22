#include <string>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <mollify/datasets/storage/mapped_file.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;

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
