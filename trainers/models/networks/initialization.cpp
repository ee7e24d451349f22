#include <cmath>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <mollify/trainers/models/networks/initialization.hpp>

namespace mollify {

at::Generator make_generator(std::uint64_t seed) { return at::detail::createCPUGenerator(seed); }

at::Tensor orthogonal(std::int64_t rows, std::int64_t columns, at::Generator generator) {
    const bool wide = rows < columns;
    const auto gaussian = at::empty({rows, columns}).normal_(0, 1, std::move(generator));
    const auto [q, r] = at::linalg_qr(wide ? gaussian.t() : gaussian);
    const auto fixed = q * at::sign(r.diagonal());
    return (wide ? fixed.t() : fixed).contiguous();
}

at::Tensor fan_in_uniform(at::IntArrayRef sizes, std::int64_t fan_in, at::Generator generator) {
    const double bound = 1.0 / std::sqrt(static_cast<double>(fan_in));
    return at::empty(sizes).uniform_(-bound, bound, std::move(generator));
}

}  // namespace mollify
