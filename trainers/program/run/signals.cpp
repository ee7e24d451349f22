#include <atomic>
#include <csignal>
#include <iterator>

#include <unistd.h>

#include <mollify/trainers/program/run/signals.hpp>

namespace mollify {
namespace {

std::atomic<int> received_signal{0};
std::atomic<Pipeline*> running_pipeline{nullptr};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<Pipeline*>::is_always_lock_free);

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
struct sigaction previous[std::size(kSignals)];

extern "C" void on_signal(int signal) {
    if (received_signal.exchange(signal) != 0) ::_exit(128 + signal);
    if (auto* pipeline = running_pipeline.load()) pipeline->stop();
}

}  // namespace

SignalScope::SignalScope(Pipeline& pipeline) {
    received_signal = 0;
    running_pipeline = &pipeline;
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < std::size(kSignals); ++i) {
        ::sigaction(kSignals[i], &action, &previous[i]);
        if (kSignals[i] == SIGHUP && previous[i].sa_handler == SIG_IGN)
            ::sigaction(SIGHUP, &previous[i], nullptr);
    }
}

SignalScope::~SignalScope() {
    for (std::size_t i = 0; i < std::size(kSignals); ++i) ::sigaction(kSignals[i], &previous[i], nullptr);
    running_pipeline = nullptr;
}

int SignalScope::received() noexcept { return received_signal; }

}  // namespace mollify
