/// \file Prints the digests of the first batches of one promised pipeline: what a test compares between processes.
///   print_digests SOURCE FOLDER COUNT
/// The first line is the instruction set, or why there is none.

#include <cstdlib>
#include <iostream>

#include <mollify/stages/error.hpp>
#include <mollify/stages/instruction_set.hpp>
#include <mollify/tests/pipeline/promised_batches.hpp>

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    try {
        std::cout << to_string(mollify::active_instruction_set()) << '\n';
        const auto recipe = mollify::test::promised_recipe(argv[1], argv[2], {.batch_size = 16, .seed = 7});
        for (const auto& digest : mollify::test::digests(recipe, 0, std::strtoull(argv[3], nullptr, 10))) {
            std::cout << digest << '\n';
        }
    } catch (const mollify::ConfigError& error) {
        std::cout << error.what() << '\n';
        return 1;
    }
}
