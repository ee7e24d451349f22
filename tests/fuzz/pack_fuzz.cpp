// Any file gives a pack whose first images can be read, or a DataError. The HDF5 library itself is not instrumented.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

#include <mollify/datasets/hdf5/pack.hpp>
#include <mollify/stages/error.hpp>

// HDF5 1.10 leaks memory of its own when it opens damaged files, and asks for as much as their headers say: leaks are
// not looked for here, and there may be no memory.
// NOLINTNEXTLINE(bugprone-reserved-identifier): the name that the sanitizer looks for
extern "C" const char* __asan_default_options() { return "detect_leaks=0:allocator_may_return_null=1"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const int file = ::memfd_create("pack", MFD_CLOEXEC);
    if (file < 0 || ::write(file, data, size) != static_cast<ssize_t>(size)) std::abort();
    try {
        const mollify::PackDataset pack("/proc/self/fd/" + std::to_string(file));
        mollify::Batch batch({.capacity = 1, .shape = pack.format().shape, .bytes = true, .values = false});
        constexpr std::size_t kMost = 100;  // a header may announce any number
        for (mollify::SampleId id = 0; id < std::min(pack.size(), kMost); ++id) {
            batch.admit(0, 0, std::vector<mollify::SampleId>{id});
            pack.read(batch);
        }
    } catch (const mollify::DataError&) {
    }
    ::close(file);
    return 0;
}
