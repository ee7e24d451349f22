#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <mollify/trainers/models/flows/lu_matrix.hpp>
#include <mollify/trainers/models/networks/initialization.hpp>
#include <mollify/trainers/models/networks/once_differentiable.hpp>

namespace mollify {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

at::Tensor unit_lower(const at::Tensor& lower) {
    auto result = at::tril(lower, -1);
    result.diagonal().fill_(1);
    return result;
}

at::Tensor upper_with(const at::Tensor& upper, const at::Tensor& diagonal) {
    auto result = at::triu(upper, 1);
    result.diagonal().copy_(diagonal);
    return result;
}

/// W = P·Lₗ·Uᵤ with Lₗ = strict lower part of L, plus I, and Uᵤ = strict upper part of U, plus diag(d), where
/// d = sign·exp(log S): as one node of the graph. With G = Pᵀ·∂W,
///   ∂L = strict lower part of G·Uᵤᵀ,   ∂U = strict upper part of LₗᵀG,   ∂log S = diag(LₗᵀG)·d.
class Product : public torch::autograd::Function<Product> {
  public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& lower, const at::Tensor& upper,
                              const at::Tensor& log_diagonal, const at::Tensor& permutation,
                              const at::Tensor& sign) {
        const auto diagonal = log_diagonal.exp().mul_(sign);
        const auto l = unit_lower(lower);
        const auto u = upper_with(upper, diagonal);
        context->save_for_backward({l, u, diagonal, permutation});
        return at::mm(permutation, at::mm(l, u));
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        once_differentiable("an LU matrix");
        const auto saved = context->get_saved_variables();
        const auto& [l, u, diagonal, permutation] = std::tie(saved[0], saved[1], saved[2], saved[3]);
        const auto g = at::mm(permutation.t(), gradients[0]);
        const auto of_u = at::mm(l.t(), g);
        return {at::tril(at::mm(g, u.t()), -1), at::triu(of_u, 1), of_u.diagonal() * diagonal, {}, {}};
    }
};

at::Tensor at_every_pixel(const at::Tensor& matrix, const at::Tensor& x) {
    return at::conv2d(x, matrix.view({matrix.size(0), matrix.size(1), 1, 1}));
}

}  // namespace

LuMatrix::LuMatrix(const Scope& scope, std::int64_t size, at::Generator generator) {
    const auto [permutation, lower, upper] = at::linalg_lu(orthogonal(size, size, std::move(generator)));
    lower_ = scope.parameter("L", lower);
    upper_ = scope.parameter("U", upper);
    log_diagonal_ = scope.parameter("log_S", upper.diagonal().abs().log());
    permutation_ = scope.buffer("P", permutation);
    sign_ = scope.buffer("sign_S", upper.diagonal().sign());
}

at::Tensor LuMatrix::matrix() const {
    return Product::apply(lower_, upper_, log_diagonal_, permutation_, sign_);
}

at::Tensor LuMatrix::inverse() const {
    const auto upper = upper_with(upper_, sign_ * at::exp(log_diagonal_));
    const auto transposed = permutation_.t().to(at::kDouble);
    const auto half =
        at::linalg_solve_triangular(unit_lower(lower_).to(at::kDouble), transposed, /*upper=*/false);
    return at::linalg_solve_triangular(upper.to(at::kDouble), half, /*upper=*/true).to(lower_.scalar_type());
}

at::Tensor LuMatrix::log_det() const { return log_diagonal_.sum(); }

Transformed LuLayer::forward(const at::Tensor& x, Pass) const {
    return {at::mm(x, matrix_.matrix()), matrix_.log_det()};
}

at::Tensor LuLayer::inverse(const at::Tensor& y) const { return at::mm(y, matrix_.inverse()); }

Transformed InvertibleConvolution::forward(const at::Tensor& x, Pass) const {
    const auto pixels = static_cast<double>(x.size(2) * x.size(3));
    return {at_every_pixel(matrix_.matrix(), x), pixels * matrix_.log_det()};
}

at::Tensor InvertibleConvolution::inverse(const at::Tensor& y) const {
    return at_every_pixel(matrix_.inverse(), y);
}

}  // namespace mollify
