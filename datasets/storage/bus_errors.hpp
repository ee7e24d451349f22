#pragma once
/// \file What a program says when a file that it has mapped was cut short by somebody else.

#include <cstddef>

namespace mollify {

/// Reading a mapped file behind the end that it has now ends a process by SIGBUS, without a word. From this call on the
/// file's path and what to do are written to the standard error first, and the process ends with `status` (no exit
/// handlers run). Call it once, early in main(); programs that only use the library decide for themselves. Bus errors
/// elsewhere end the process as before.
void name_files_on_bus_errors(int status);

/// Makes an address range known by the path of its file for as long as it lives. Lock-free and thread-safe; at most 256
/// files and 1,023 bytes of a path are kept, and of what is beyond only the name is missing.
class NamedRange {
  public:
    NamedRange() = default;
    NamedRange(const void* begin, std::size_t size, const char* path);
    ~NamedRange();
    NamedRange(NamedRange&& other) noexcept;
    NamedRange& operator=(NamedRange&& other) noexcept;

  private:
    int slot_ = -1;
};

}  // namespace mollify
