#include <mollify/stages/kernel/kernel.hpp>

namespace mollify::kernel {

const Kernel& kernel(InstructionSet set) {
    switch (set) {
#ifdef MOLLIFY_X86_KERNELS
        case InstructionSet::avx512:
            return kAvx512;
        case InstructionSet::avx2:
            return kAvx2;
        case InstructionSet::sse42:
            return kSse42;
#endif
        default:
            return kScalar;
    }
}

}  // namespace mollify::kernel
