#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mollify/datasets/images/encoded_files.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

class OpenFile {
  public:
    explicit OpenFile(const std::string& path) : path_(path) {
        do {
            descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a FIFO must not block
        } while (descriptor_ < 0 && errno == EINTR);
        if (descriptor_ < 0) fail("cannot be opened");
    }
    ~OpenFile() { ::close(descriptor_); }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    struct stat status() const {
        struct stat status {};
        if (::fstat(descriptor_, &status) != 0) fail("cannot be examined");
        return status;
    }

    /// Bytes read, less than `count` at the end of the file only.
    std::size_t read(std::byte* to, std::size_t count) const {
        std::size_t done = 0;
        while (done < count) {
            const ssize_t got = ::read(descriptor_, to + done, count - done);
            if (got == 0) break;
            if (got < 0 && errno != EINTR) fail("cannot be read");
            if (got > 0) done += static_cast<std::size_t>(got);
        }
        return done;
    }

  private:
    [[noreturn]] void fail(const char* what) const {
        const int reason = errno;
        const bool missing = reason == ENOENT || reason == ENOTDIR;
        throw DataError(path_, "", std::string(what) + ": " + std::generic_category().message(reason),
                        missing ? "it was there when the data set was opened: restore it"
                                : "check its permissions and its disk");
    }

    const std::string& path_;
    int descriptor_ = -1;
};

}  // namespace

void read_file(const std::string& path, std::uint64_t max_bytes, std::vector<std::byte>& out) {
    const OpenFile file(path);
    const struct stat status = file.status();
    if (!S_ISREG(status.st_mode)) throw DataError(path, "", "is not a file", "remove it from the data set");
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size == 0) throw DataError(path, "", "the file is empty", "copy or download it again, or remove it");
    if (size > max_bytes) {
        throw DataError(path, "",
                        "the file has " + std::to_string(size) + " bytes, above the limit of " +
                            std::to_string(max_bytes),
                        "reduce it, or remove it from the data set");
    }
    out.resize(size);
    if (const std::size_t got = file.read(out.data(), size); got != size) {
        throw DataError(path, "byte " + std::to_string(got), "the file became shorter while it was read",
                        "do not write to the data set while it is in use");
    }
}

EncodedFiles::EncodedFiles(std::string folder, std::vector<std::string> names, std::uint64_t max_bytes)
    : folder_(std::move(folder)), names_(std::move(names)), max_bytes_(max_bytes) {}

void EncodedFiles::read(Batch& batch, const RowLoop& rows) const {
    rows(batch.size(),
         [&](std::size_t row) { read_file(path(batch.ids()[row]), max_bytes_, batch.encoded(row)); });
    batch.set_content(Content::encoded);
}

void EncodedFiles::add_to(Fingerprint& fingerprint) const {
    fingerprint.add(names_.size());
    for (SampleId id = 0; id < names_.size(); ++id) {
        std::error_code error;
        const auto size = std::filesystem::file_size(path(id), error);
        if (error) throw DataError(path(id), "", "cannot be examined: " + error.message(), "restore it");
        fingerprint.add(names_[id]).add(std::uint64_t{size});
    }
}

}  // namespace mollify
