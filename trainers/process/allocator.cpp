#include <limits>

#include <malloc.h>

#include <mollify/trainers/process/allocator.hpp>

namespace mollify {

void keep_freed_memory() {
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
}

}  // namespace mollify
