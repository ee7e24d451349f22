#pragma once
/// \file The guard of backward functions that autograd must not differentiate again.

#include <string>

#include <c10/core/GradMode.h>

#include <mollify/stages/error.hpp>

namespace mollify {

/// First line of a backward function that counts what its forward pass saved as constants. Autograd records within a
/// backward pass only where second derivatives were asked for (create_graph); they would lack terms, and nothing would
/// say so. Throws Error then. \param layer for the message
inline void once_differentiable(const char* layer) {
    if (!c10::GradMode::is_enabled()) return;
    throw Error(std::string("second derivatives through ") + layer +
                " are not implemented: call backward() or grad() with create_graph = false");
}

}  // namespace mollify
