#pragma once
/// \file Ctrl-C and SIGTERM: the first asks to stop, the second ends at once.

#include <mollify/pipeline/pipeline.hpp>

namespace mollify {

/// While one lives, SIGINT and SIGTERM are taken: the first stops `pipeline` and is remembered, a second ends the
/// process with 128 plus its number. One at a time. `pipeline` must outlive it.
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
