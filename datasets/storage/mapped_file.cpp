#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mollify/datasets/storage/mapped_file.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
    const int code = errno;
    throw DataError(path, "", std::string(what) + ": " + std::generic_category().message(code),
                    code == ENOENT ? "check the path" : "check the file and its permissions");
}

/// Closes the descriptor on every way out; a mapping outlives it.
struct Descriptor {
    int number;
    ~Descriptor() { ::close(number); }
};

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path, Access access) : path_(path.string()) {
    // Not blocking, so that a pipe without a writer is refused below and not waited for.
    const int number = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (number < 0) fail(path_, "cannot open the file");
    const Descriptor descriptor{number};
    struct stat status {};
    if (::fstat(number, &status) != 0) fail(path_, "cannot examine the file");
    if (!S_ISREG(status.st_mode))
        throw DataError(path_, "", "is not a regular file", "give the path of a file");
    if (status.st_size == 0) throw DataError(path_, "", "the file is empty", "copy or download it again");
    size_ = static_cast<std::size_t>(status.st_size);
    void* memory = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, number, 0);
    if (memory == MAP_FAILED) fail(path_, "cannot map the file into memory");
    data_ = static_cast<const std::byte*>(memory);
    opened_ = state(status);
    range_ = NamedRange(memory, size_, path_.c_str());
    // Hints only: their failure costs speed, not correctness.
    ::madvise(memory, size_, access == Access::random ? MADV_RANDOM : MADV_SEQUENTIAL);
    ::madvise(memory, size_, MADV_WILLNEED);
}

MappedFile::~MappedFile() {
    range_ = {};  // before the addresses may become another file's
    if (data_) ::munmap(const_cast<std::byte*>(data_), size_);
}

MappedFile::State MappedFile::state(const struct ::stat& status) {
    return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
            static_cast<std::uint64_t>(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

std::string MappedFile::change() const {
    struct stat status {};
    if (::stat(path_.c_str(), &status) != 0)
        return path_ + ": the file is gone: " + std::generic_category().message(errno);
    const auto now = state(status);
    if (now == opened_) return "";
    if (now.size != opened_.size) {
        return path_ + ": the file had " + std::to_string(opened_.size) +
               " bytes when it was opened, and has " + std::to_string(now.size) + " now";
    }
    const bool other = now.device != opened_.device || now.number != opened_.number;
    return path_ +
           (other ? ": another file has taken its place" : ": the file was written to since it was opened");
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      opened_(other.opened_),
      range_(std::move(other.range_)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(opened_, other.opened_);
    std::swap(range_, other.range_);
    return *this;
}

}  // namespace mollify
