#include <cstdlib>

#include <mollify/stages/error.hpp>
#include <mollify/stages/instruction_set.hpp>

namespace mollify {
namespace {

constexpr const char* kVariable = "MOLLIFY_INSTRUCTION_SET";

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

InstructionSet active_instruction_set() {
    static const InstructionSet set = choose();
    return set;
}

}  // namespace mollify
