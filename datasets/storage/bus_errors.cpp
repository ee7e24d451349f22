#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <utility>

#include <signal.h>
#include <unistd.h>

#include <mollify/datasets/storage/bus_errors.hpp>

namespace mollify {
namespace {

/// Read by the signal handler: nothing but atomics and bytes that do not change while `begin` is an address.
struct Slot {
    static constexpr std::uintptr_t kFree = 0, kBeingWritten = 1;

    std::atomic<std::uintptr_t> begin = kFree;
    std::atomic<std::uintptr_t> end = 0;
    std::array<char, 1024> path{};
};

std::array<Slot, 256> slots;
std::atomic<int> exit_status = 1;
static_assert(std::atomic<std::uintptr_t>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void say(const char* text) {
    for (std::size_t left = std::strlen(text); left > 0;) {
        const auto written = ::write(STDERR_FILENO, text, left);
        if (written <= 0) return;
        text += written;
        left -= static_cast<std::size_t>(written);
    }
}

void on_bus_error(int signal, siginfo_t* info, void*) {
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    for (const auto& slot : slots) {
        const auto begin = slot.begin.load();
        if (begin <= Slot::kBeingWritten || address < begin || address >= slot.end.load()) continue;
        say("mollify: ");
        say(slot.path.data());
        say(": the file was cut short while it was read, or its disk failed (copy it again, and leave it "
            "alone while "
            "it is in use)\n");
        ::_exit(exit_status.load());
    }
    // Not a file of ours: what would have happened without this handler, as soon as it returns.
    ::signal(signal, SIG_DFL);
    ::raise(signal);
}

}  // namespace

void name_files_on_bus_errors(int status) {
    exit_status = status;
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO;
    ::sigaction(SIGBUS, &action, nullptr);
}

NamedRange::NamedRange(const void* begin, std::size_t size, const char* path) {
    for (std::size_t i = 0; i < slots.size(); ++i) {
        auto& slot = slots[i];
        auto expected = Slot::kFree;
        if (!slot.begin.compare_exchange_strong(expected, Slot::kBeingWritten)) continue;
        const auto length = std::min(std::strlen(path), slot.path.size() - 1);
        std::memcpy(slot.path.data(), path, length);
        slot.path[length] = '\0';
        const auto address = reinterpret_cast<std::uintptr_t>(begin);
        slot.end = address + size;
        slot.begin = address;
        slot_ = static_cast<int>(i);
        return;
    }
}

NamedRange::~NamedRange() {
    if (slot_ >= 0) slots[static_cast<std::size_t>(slot_)].begin = Slot::kFree;
}

NamedRange::NamedRange(NamedRange&& other) noexcept : slot_(std::exchange(other.slot_, -1)) {}

NamedRange& NamedRange::operator=(NamedRange&& other) noexcept {
    std::swap(slot_, other.slot_);
    return *this;
}

}  // namespace mollify
