#pragma once
/// \file A folder that lives as long as a test.

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace mollify::test {

class TemporaryFolder {
  public:
    TemporaryFolder() : path_((std::filesystem::temp_directory_path() / "mollify-test-XXXXXX").string()) {
        if (!::mkdtemp(path_.data())) throw std::runtime_error("cannot make " + path_);
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::string& path() const { return path_; }
    /// A path inside it; the folders on the way are made.
    std::string operator/(const std::string& name) const {
        const auto path = std::filesystem::path(path_) / name;
        std::filesystem::create_directories(path.parent_path());
        return path.string();
    }

  private:
    std::string path_;
};

}  // namespace mollify::test
