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
    // Hints only: their failure costs speed, not correctness.
    ::madvise(memory, size_, access == Access::random ? MADV_RANDOM : MADV_SEQUENTIAL);
    ::madvise(memory, size_, MADV_WILLNEED);
}

MappedFile::~MappedFile() {
    if (data_) ::munmap(const_cast<std::byte*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

}  // namespace mollify
