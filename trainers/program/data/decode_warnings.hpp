#pragma once
/// \file What the decoder tolerates, told to the user: at once for the first file, by number at the end.

#include <cstddef>
#include <map>
#include <mutex>
#include <string>

namespace mollify {

/// Files of a data set that were read although they are not quite as they should be. Thread-safe. Logs a warning for
/// the first, and when it goes, if there were more, how many there were and the first few of them by name.
class DecodeWarnings {
  public:
    DecodeWarnings() = default;
    ~DecodeWarnings();
    DecodeWarnings(const DecodeWarnings&) = delete;
    DecodeWarnings& operator=(const DecodeWarnings&) = delete;

    /// \param file its path; counted once, however often it is read. \param problem the decoder's words
    void add(const std::string& file, const std::string& problem);

    /// Different files so far.
    std::size_t files() const;
    /// "3 files have …: first, second, third", the names in byte-wise order; "" where there are none.
    std::string text() const;

  private:
    mutable std::mutex mutex_;
    std::map<std::string, std::string> problems_;  // by file
};

}  // namespace mollify
