#pragma once
/// \file Running a program from a test: to its end, or until it is told to end.

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mollify/tests/support/temporary_folder.hpp>

namespace mollify::test {

/// A running program whose output goes to files of a folder. Killed when it is still there at the end.
class Process {
  public:
    explicit Process(std::vector<std::string> command) {
        std::vector<char*> arguments;
        for (auto& word : command) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        const auto out = (folder_.path() / "out").string();
        const auto err = (folder_.path() / "err").string();
        id_ = ::fork();
        if (id_ < 0) throw std::runtime_error("cannot fork");
        if (id_ == 0) {
            ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
            ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
            ::execv(arguments[0], arguments.data());
            ::_exit(127);
        }
    }
    ~Process() {
        if (id_ > 0) {
            ::kill(id_, SIGKILL);
            wait();
        }
    }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void signal(int number) const { ::kill(id_, number); }

    /// Exit status as a shell gives it: 128 plus the signal where one ended it.
    int wait() {
        int status = 0;
        if (id_ > 0) ::waitpid(id_, &status, 0);
        id_ = -1;
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }

    /// Waits until `condition` holds or the program has ended. \returns whether it holds
    template <class Condition>
    bool wait_until(Condition&& condition) const {
        while (!condition()) {
            siginfo_t ended{};
            if (::waitid(P_PID, static_cast<id_t>(id_), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
                ended.si_pid != 0) {
                return condition();
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        return true;
    }

    std::string out() const { return content_of(folder_.path() / "out"); }
    std::string err() const { return content_of(folder_.path() / "err"); }

  private:
    TemporaryFolder folder_;
    pid_t id_ = -1;
};

}  // namespace mollify::test
