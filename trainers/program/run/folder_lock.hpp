#pragma once
/// \file One writer at a time in the folder of a run or a study.

#include <filesystem>

namespace mollify {

/// Held while it lives. The system releases it when the process ends, however it ends; the file `lock` in the
/// folder says which process holds it and is gone afterwards. Another machine is kept out too where the file
/// system carries flock() to it; where there are no locks at all, that is said and nobody is kept out.
class FolderLock {
  public:
    /// Makes the folder where it is missing. Throws DataError where that cannot be done, or where another process
    /// holds the lock, which it names.
    explicit FolderLock(const std::filesystem::path& folder);
    ~FolderLock();
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

  private:
    std::filesystem::path file_;
    int descriptor_ = -1;
};

}  // namespace mollify
