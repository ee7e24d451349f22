#pragma once
/// \file Which vector instructions the arithmetic of this process runs on.

#include <mollify/stages/kernel/instruction_set.hpp>

namespace mollify {

/// The set in use: the one named by the environment variable MOLLIFY_INSTRUCTION_SET, else the fastest
/// supported. Looked up once per process. Throws ConfigError where the variable names an unknown or
/// unsupported set.
InstructionSet active_instruction_set();

}  // namespace mollify
