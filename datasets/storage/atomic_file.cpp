#include <atomic>
#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>

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

}  // namespace

std::filesystem::path temporary_name(const std::filesystem::path& path) {
    static std::atomic<unsigned> count{0};
    auto name = path;
    name += ".partial-" + std::to_string(::getpid()) + "-" + std::to_string(count++);
    return name;
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
