#pragma once
/// \file How the C library's allocator treats the tensors of a training.

namespace mollify {

/// Tells the C library's allocator to keep freed memory for later allocations instead of giving it back to the system.
///
/// A training frees and allocates the same tensors in every step. By default the allocator returns large ones (always
/// above 32 MiB) and a large free end of its heap to the system, which then delivers zeroed pages again, one page fault
/// each: a tenth of a table flow's step, and more of an image flow's. The process's memory stays at its peak instead.
/// Call it once, early in main(); programs that only use the library decide for themselves.
void keep_freed_memory();

}  // namespace mollify
