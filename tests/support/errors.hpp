#pragma once
/// \file What an action throws, as text.

#include <string>

#include <mollify/stages/error.hpp>

namespace mollify::test {

/// The message of the exception of type E that `action` throws, or "(nothing thrown)".
template <class E = DataError, class Action>
std::string message_of(Action&& action) {
    try {
        action();
    } catch (const E& error) {
        return error.what();
    }
    return "(nothing thrown)";
}

}  // namespace mollify::test
