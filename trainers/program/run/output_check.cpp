#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include <mollify/trainers/program/run/output_check.hpp>

namespace mollify {

void hold_standard_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        // The lowest free number is the stream's own. For reading alone: to write to it is an error.
        if (::fcntl(stream, F_GETFD) < 0) static_cast<void>(::open("/dev/null", O_RDONLY));
    }
}

int checked_output(int status) {
    errno = 0;
    const bool flushed = std::fflush(stdout) == 0;
    if (!flushed || std::ferror(stdout) != 0) {
        const auto reason = errno != 0 ? ": " + std::generic_category().message(errno) : "";
        std::fprintf(
            stderr,
            "mollify: standard output could not be written%s\n    make room or mend the pipe, and run the "
            "command again; what a training saved is in its folder\n",
            reason.c_str());
        if (status == 0) status = 1;
    }
    if ((std::fflush(stderr) != 0 || std::ferror(stderr) != 0) && status == 0) status = 1;
    return status;
}

}  // namespace mollify
