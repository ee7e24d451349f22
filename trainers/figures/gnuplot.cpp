#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mollify/datasets/storage/atomic_file.hpp>
#include <mollify/trainers/figures/gnuplot.hpp>

extern char** environ;

namespace mollify {
namespace {

std::string reason(int error) { return std::strerror(error); }

/// A file without a name, gone when closed.
class ScratchFile {
  public:
    ScratchFile() : file_(std::tmpfile(), &std::fclose) {
        if (!file_) {
            throw FigureError("cannot draw: no temporary file in " +
                              std::filesystem::temp_directory_path().string() + ": " + reason(errno));
        }
    }

    int descriptor() const { return fileno(file_.get()); }

    void write(const std::string& text) {
        if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size() ||
            std::fflush(file_.get()) != 0)
            throw FigureError("cannot draw: writing a temporary file failed: " + reason(errno));
        std::rewind(file_.get());
    }

    /// The beginning of the file, on one line.
    std::string head() {
        std::rewind(file_.get());
        std::array<char, 400> text;
        const auto size = std::fread(text.data(), 1, text.size(), file_.get());
        std::string head;
        for (const char c : std::string(text.data(), size)) {
            const bool space = c == '\n' || c == ' ' || c == '\t' || c == '\r';
            if (!space) {
                head += c;
            } else if (!head.empty() && head.back() != ' ') {
                head += ' ';
            }
        }
        return head;
    }

  private:
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

/// Starts `program -d` (no start-up files) and waits for it. \returns its wait status
int spawn(const std::string& program, int input, const std::filesystem::path& output, int errors) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    const std::unique_ptr<posix_spawn_file_actions_t, int (*)(posix_spawn_file_actions_t*)> owner(
        &files, &posix_spawn_file_actions_destroy);
    posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0666);
    posix_spawn_file_actions_adddup2(&files, errors, STDERR_FILENO);

    std::string name = program;
    std::string option = "-d";
    const std::array<char*, 3> arguments{name.data(), option.data(), nullptr};
    pid_t process = 0;
    const int error = posix_spawnp(&process, program.c_str(), &files, nullptr, arguments.data(), environ);
    if (error == ENOENT) {
        throw FigureError("cannot draw " + output.stem().string() + ": the program '" + program +
                          "' was not found; install it (Debian: apt-get install gnuplot-nox)");
    }
    if (error != 0) throw FigureError("cannot draw: starting '" + program + "' failed: " + reason(error));
    int status = 0;
    while (waitpid(process, &status, 0) < 0) {
        if (errno != EINTR)
            throw FigureError("cannot draw: waiting for '" + program + "' failed: " + reason(errno));
    }
    return status;
}

}  // namespace

void run_gnuplot(const std::string& script, const std::filesystem::path& output, const std::string& program) {
    ScratchFile input;
    ScratchFile errors;
    input.write(script);
    try {
        AtomicFile picture(output);
        const int status = spawn(program, input.descriptor(), picture.temporary(), errors.descriptor());
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            const auto how = WIFSIGNALED(status) ? "was ended by signal " + std::to_string(WTERMSIG(status))
                                                 : "failed: " + errors.head();
            throw FigureError("cannot draw " + output.string() + ": '" + program + "' " + how);
        }
        if (std::filesystem::file_size(picture.temporary()) == 0) {
            throw FigureError("cannot draw " + output.string() + ": '" + program +
                              "' printed no picture; is there space left? " + errors.head());
        }
        picture.commit();
    } catch (const DataError& error) {
        throw FigureError(error.what());
    }
}

std::string gnuplot_string(const std::string& text) {
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\'') quoted += '\'';
        quoted += c == '\n' || c == '\r' ? ' ' : c;
    }
    return quoted + '\'';
}

}  // namespace mollify
