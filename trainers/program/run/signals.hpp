#pragma once
/// \file Ctrl-C, SIGTERM and a terminal that is closed: the first asks to stop, the second ends at once.

#include <mollify/pipeline/pipeline.hpp>

namespace mollify {

/// While one lives, SIGINT, SIGTERM and SIGHUP are taken: the first stops `pipeline` and is remembered, a second
/// ends the process with 128 plus its number. A SIGHUP that was ignored when the program started, as by nohup,
/// stays so. One at a time. `pipeline` must outlive it.
class SignalScope {
  public:
    explicit SignalScope(Pipeline& pipeline);
    ~SignalScope();
    SignalScope(const SignalScope&) = delete;
    SignalScope& operator=(const SignalScope&) = delete;

    /// The signal that came, or 0. For any thread.
    static int received() noexcept;
};

}  // namespace mollify
