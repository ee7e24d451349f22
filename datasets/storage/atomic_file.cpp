#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <mollify/datasets/storage/atomic_file.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const char* what) {
    const int code = errno;
    std::string remedy = "check the folder and its permissions";
    if (code == ENOSPC || code == EDQUOT) remedy = "make room on the disk, or write to another one";
    if (code == EFBIG)
        remedy = "raise the limit on the size of files (ulimit -f), or write to another file system";
    throw DataError(path.string(), "", std::string(what) + ": " + std::generic_category().message(code),
                    remedy);
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

constexpr const char* kPartial = ".partial-";

/// This machine's name as a part of a file's: other machines may share the folder, and number their own processes.
std::string machine() {
    std::array<char, 65> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return "";
    std::string text = std::string(name.data()).substr(0, 32);
    std::ranges::replace(text, '/', '_');
    return text;
}

/// Of a temporary name what comes after kPartial: "<process>-<count>-<machine>".
bool is_left_by_dead(std::string_view mark) {
    pid_t process = 0;
    unsigned count = 0;
    const auto read = [&](auto& number) {
        const auto [end, problem] = std::from_chars(mark.data(), mark.data() + mark.size(), number);
        if (problem != std::errc()) return false;
        mark.remove_prefix(static_cast<std::size_t>(end - mark.data()));
        return true;
    };
    if (!read(process) || process <= 0 || !mark.starts_with('-')) return false;
    mark.remove_prefix(1);
    if (!read(count) || mark != "-" + machine()) return false;
    return ::kill(process, 0) != 0 && errno == ESRCH;
}

}  // namespace

std::filesystem::path temporary_name(const std::filesystem::path& path) {
    static std::atomic<unsigned> count{0};
    auto name = path;
    name += kPartial + std::to_string(::getpid()) + "-" + std::to_string(count++) + "-" + machine();
    return name;
}

void remove_leftovers(const std::filesystem::path& path) {
    const std::string beginning = path.filename().string() + kPartial;
    std::error_code error;
    std::vector<std::filesystem::path> leftovers;
    std::filesystem::directory_iterator entries(folder_of(path), error);
    for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
        const std::string name = entries->path().filename().string();
        if (name.starts_with(beginning) && is_left_by_dead(std::string_view(name).substr(beginning.size())))
            leftovers.push_back(entries->path());
    }
    for (const auto& leftover : leftovers) std::filesystem::remove_all(leftover, error);
}

bool write_all(int descriptor, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

void sync_folder(const std::filesystem::path& folder) {
    const int number = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (number < 0) fail(folder, "cannot open the folder");
    const int result = ::fsync(number);
    const int code = errno;
    ::close(number);
    errno = code;
    if (result != 0 && code != EINVAL)
        fail(folder, "cannot sync the folder");  // EINVAL: nothing to sync there
}

AtomicFile::AtomicFile(std::filesystem::path path)
    : path_(std::move(path)), temporary_(temporary_name(path_)) {
    // The rename would put a file in the place of a device or a pipe: for root, even of /dev/null.
    std::error_code unknown;
    const auto status = std::filesystem::status(path_, unknown);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
        throw DataError(path_.string(), "", "is there and is not a regular file",
                        "name another file to write");
    }
    remove_leftovers(path_);
    descriptor_ = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0) fail(path_, "cannot create the file");
}

AtomicFile::~AtomicFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
    if (!write_all(descriptor_, bytes)) fail(path_, "cannot write the file");
}

void AtomicFile::write_at(std::size_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail(path_, "cannot write the file");
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::size_t>(count);
    }
}

void AtomicFile::reserve(std::size_t size) {
    while (::fallocate(descriptor_, 0, 0, static_cast<off_t>(size)) != 0) {
        if (errno == EINTR) continue;
        if (errno == EOPNOTSUPP || errno == ENOSYS) return;
        fail(path_, "cannot reserve room for the file");
    }
}

void AtomicFile::commit() {
    if (::fsync(descriptor_) != 0) fail(path_, "cannot sync the file");
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0) fail(path_, "cannot rename the finished file");
    ::close(std::exchange(descriptor_, -1));
    sync_folder(folder_of(path_));
}

void write_text(const std::filesystem::path& path, std::string_view text) {
    AtomicFile file(path);
    file.write(std::as_bytes(std::span(text)));
    file.commit();
}

}  // namespace mollify
