#include <fstream>

#include <doctest/doctest.h>

#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/trainers/figures/gnuplot.hpp>

using namespace mollify;

namespace {

constexpr const char* kDumbPlot = "set terminal dumb\nplot x\n";

std::string failure(const std::string& script, const std::filesystem::path& output,
                    const std::string& program = "gnuplot") {
    return test::message_of<FigureError>([&] { run_gnuplot(script, output, program); });
}

bool empty(const std::filesystem::path& folder) {
    return std::filesystem::directory_iterator(folder) == std::filesystem::directory_iterator();
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("what gnuplot prints becomes the file, and nothing else is left") {
    const test::TemporaryFolder folder;
    run_gnuplot(kDumbPlot, folder.path() / "plot.txt");
    CHECK(std::filesystem::file_size(folder.path() / "plot.txt") > 500);
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("a missing gnuplot is an error that names the package, and leaves no file") {
    const test::TemporaryFolder folder;
    const auto message = failure(kDumbPlot, folder.path() / "plot.txt", "no-such-gnuplot");
    CHECK(contains(message, "no-such-gnuplot"));
    CHECK(contains(message, "apt-get install gnuplot-nox"));
    CHECK(empty(folder.path()));
}

TEST_CASE("a script that gnuplot refuses is an error with gnuplot's words, and the old file stays") {
    const test::TemporaryFolder folder;
    const auto output = folder.path() / "plot.txt";
    std::ofstream(output) << "old";
    CHECK(contains(failure("plot 'there-is-no-such-file'\n", output), "there-is-no-such-file"));
    CHECK(std::filesystem::file_size(output) == 3);
}

TEST_CASE("a program that prints nothing is an error") {
    const test::TemporaryFolder folder;
    CHECK(contains(failure("", folder.path() / "plot.txt", "true"), "printed no picture"));
    CHECK(empty(folder.path()));
}

TEST_CASE("a program that is ended by a signal is an error that says so") {
    const test::TemporaryFolder folder;
    const auto program = folder.path() / "dies";
    std::ofstream(program) << "#!/bin/sh\nkill -9 $$\n";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    CHECK(contains(failure("", folder.path() / "plot.txt", program.string()), "signal 9"));
}

TEST_CASE("a folder that does not exist is an error that names the file") {
    const test::TemporaryFolder folder;
    CHECK(contains(failure(kDumbPlot, folder.path() / "nowhere" / "plot.txt"), "nowhere"));
}

TEST_CASE("text is quoted so that it cannot leave its string") {
    CHECK(gnuplot_string("it's") == "'it''s'");
    CHECK(gnuplot_string("one\ntwo") == "'one two'");
    CHECK(gnuplot_string("") == "''");
}
