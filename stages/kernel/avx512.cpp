#include <mollify/stages/kernel/loops.hpp>
#include <mollify/stages/kernel/vector_avx512.hpp>

namespace mollify::kernel {

const Kernel kAvx512 = kernel_of<Avx512>();

}  // namespace mollify::kernel
