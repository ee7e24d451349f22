#pragma once
/// \file The parts that data sets are divided into.

namespace mollify {

enum class Split { train, validation, test };

/// "train", "validation" or "test".
constexpr const char* to_string(Split split) {
    switch (split) {
        case Split::train:
            return "train";
        case Split::validation:
            return "validation";
        case Split::test:
            return "test";
    }
    return "unknown";
}

}  // namespace mollify
