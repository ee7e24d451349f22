#include <atomic>
#include <csignal>

#include <unistd.h>

#include <mollify/trainers/program/run/signals.hpp>

namespace mollify {
namespace {

std::atomic<int> received_signal{0};
std::atomic<Pipeline*> running_pipeline{nullptr};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<Pipeline*>::is_always_lock_free);

constexpr int kSignals[] = {SIGINT, SIGTERM};
struct sigaction previous[2];

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
    for (int i = 0; i < 2; ++i) ::sigaction(kSignals[i], &action, &previous[i]);
}

SignalScope::~SignalScope() {
    for (int i = 0; i < 2; ++i) ::sigaction(kSignals[i], &previous[i], nullptr);
    running_pipeline = nullptr;
}

int SignalScope::received() noexcept { return received_signal; }

}  // namespace mollify
