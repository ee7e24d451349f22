#include <mollify/stages/kernel/loops.hpp>
#include <mollify/stages/kernel/vector_sse42.hpp>

namespace mollify::kernel {

const Kernel kSse42 = kernel_of<Sse42>();

}  // namespace mollify::kernel
