#include <cstdlib>

#include <mollify/stages/error.hpp>
#include <mollify/stages/instruction_set.hpp>

namespace mollify {
namespace {

constexpr const char* kVariable = "MOLLIFY_INSTRUCTION_SET";

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

InstructionSet choose() {
    const auto& sets = supported_instruction_sets();
    const char* wish = std::getenv(kVariable);  // NOLINT(concurrency-mt-unsafe): read once
    if (!wish || !*wish) return sets.back();
    std::string names;
    for (const auto set : sets) {
        if (to_string(set) == std::string(wish)) return set;
        names += (names.empty() ? "" : ", ") + std::string(to_string(set));
    }
    throw ConfigError(std::string(kVariable) + "=" + wish + " cannot be used here: this machine runs " +
                      names);
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

InstructionSet active_instruction_set() {
    static const InstructionSet set = choose();
    return set;
}

}  // namespace mollify
