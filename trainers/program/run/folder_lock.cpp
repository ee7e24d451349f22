#include <cerrno>
#include <chrono>
#include <span>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <spdlog/fmt/chrono.h>
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mollify/datasets/storage/atomic_file.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/trainers/program/run/folder_lock.hpp>

namespace mollify {
namespace {

std::string this_process() {
    char host[256] = {};
    ::gethostname(host, sizeof host - 1);
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return fmt::format("process {} on {}, since {:%Y-%m-%d %H:%M:%S} UTC", ::getpid(), host, now);
}

/// What the holder has written, as it may not have come to it yet.
std::string holder(int descriptor) {
    char text[512];
    const auto size = ::pread(descriptor, text, sizeof text, 0);
    return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : "another process";
}

bool is_at(int descriptor, const std::filesystem::path& path) {
    struct stat opened {};
    struct stat there {};
    return ::fstat(descriptor, &opened) == 0 && ::stat(path.c_str(), &there) == 0 &&
           opened.st_dev == there.st_dev && opened.st_ino == there.st_ino;
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder) : file_(folder / "lock") {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        throw DataError(folder.string(), "", "cannot make the folder: " + error.message(),
                        "name another folder with --out");
    }
    // Whoever held the lock removes the file: one that was opened before that, and locked after it, is nobody's.
    do {
        if (descriptor_ >= 0) ::close(descriptor_);
        descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (descriptor_ < 0) {
            throw DataError(folder.string(), "",
                            "cannot write into the folder: " + std::generic_category().message(errno),
                            "check its permissions, or name another folder with --out");
        }
        if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) continue;
        if (errno != EWOULDBLOCK) {
            spdlog::warn("{}: no locks on this file system ({}): let no other process write into this folder",
                         folder.string(), std::generic_category().message(errno));
            break;
        }
        const auto other = holder(descriptor_);
        ::close(descriptor_);
        throw DataError(folder.string(), "", "it is being written by " + other,
                        "wait until that has ended, or name another folder with --out");
    } while (!is_at(descriptor_, file_));
    const auto text = this_process();
    static_cast<void>(::ftruncate(descriptor_, 0) == 0 &&
                      write_all(descriptor_, std::as_bytes(std::span(text))));  // for people only
}

FolderLock::~FolderLock() {
    ::unlink(file_.c_str());
    ::close(descriptor_);
}

}  // namespace mollify
