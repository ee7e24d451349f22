#include <ATen/ATen.h>

#include <mollify/trainers/models/flows/reverse.hpp>

namespace mollify {

Transformed Reverse::forward(const at::Tensor& x, Pass) const {
    return {x.flip(1), at::zeros({}, x.options())};
}

at::Tensor Reverse::inverse(const at::Tensor& y) const { return y.flip(1); }

}  // namespace mollify
