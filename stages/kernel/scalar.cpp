#include <mollify/stages/kernel/loops.hpp>
#include <mollify/stages/kernel/vector_scalar.hpp>

namespace mollify::kernel {

const Kernel kScalar = kernel_of<Scalar>();

}  // namespace mollify::kernel
