#include <ATen/ATen.h>

#include <mollify/trainers/models/initialization.hpp>
#include <mollify/trainers/models/layers/lu_matrix.hpp>

namespace mollify {
namespace {

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

at::Tensor LuMatrix::lower() const {
    return at::tril(lower_, -1) + at::eye(lower_.size(0), lower_.options());
}

at::Tensor LuMatrix::upper() const {
    return at::triu(upper_, 1) + at::diag_embed(sign_ * at::exp(log_diagonal_));
}

at::Tensor LuMatrix::matrix() const { return at::matmul(permutation_, at::matmul(lower(), upper())); }

at::Tensor LuMatrix::inverse() const {
    const auto transposed = permutation_.t().to(at::kDouble);
    const auto half = at::linalg_solve_triangular(lower().to(at::kDouble), transposed, /*upper=*/false);
    return at::linalg_solve_triangular(upper().to(at::kDouble), half, /*upper=*/true)
        .to(lower_.scalar_type());
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
