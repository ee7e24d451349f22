#include <mollify/stages/kernel/loops.hpp>
#include <mollify/stages/kernel/vector_avx2.hpp>

namespace mollify::kernel {

const Kernel kAvx2 = kernel_of<Avx2>();

}  // namespace mollify::kernel
