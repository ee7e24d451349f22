#include <mollify/stages/kernel/instruction_set.hpp>

namespace mollify {
namespace {

std::vector<InstructionSet> probe() {
    std::vector<InstructionSet> sets{InstructionSet::scalar};
#ifdef MOLLIFY_X86_KERNELS
    // GCC's and Clang's tests ask the operating system for its part (XGETBV) as well.
    if (__builtin_cpu_supports("sse4.2")) sets.push_back(InstructionSet::sse42);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        sets.push_back(InstructionSet::avx2);
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
            __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
            sets.push_back(InstructionSet::avx512);
        }
    }
#endif
    return sets;
}

}  // namespace

const char* to_string(InstructionSet set) {
    switch (set) {
        case InstructionSet::scalar:
            return "scalar";
        case InstructionSet::sse42:
            return "sse42";
        case InstructionSet::avx2:
            return "avx2";
        case InstructionSet::avx512:
            return "avx512";
    }
    return "unknown";
}

const std::vector<InstructionSet>& supported_instruction_sets() {
    static const std::vector<InstructionSet> sets = probe();
    return sets;
}

}  // namespace mollify
