#pragma once
/// \file The flows of the UCI experiments, for table rows.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <mollify/trainers/models/flow.hpp>

namespace mollify {

/// A chain of layers from a row of D ≥ 2 features to a standard normal. One block of
///   maf      MADE, BatchNorm, Reverse                 Papamakarios et al., NeurIPS 2017
///   realnvp  Coupling, BatchNorm                      Dinh et al., ICLR 2017
///   glow     BatchNorm, LU matrix, Coupling           Kingma and Dhariwal, NeurIPS 2018
/// with the coupling's mask flipped from block to block. Parameters are called `<layer>.<name>`, layers
/// counted from the data.
class TableFlow final : public Flow {
  public:
    /// \param kind maf, realnvp or glow
    TableFlow(std::string kind, SampleShape shape, std::int64_t hidden, std::int64_t blocks,
              std::uint64_t seed);

    std::string name() const override { return kind_; }
    bool needs_reestimation() const override { return true; }

    Encoding encode(const at::Tensor& x, Pass pass) const override;
    at::Tensor decode(const std::vector<at::Tensor>& latents) const override;

  protected:
    at::Tensor base_log_likelihood(const std::vector<at::Tensor>& latents) const override;
    std::vector<at::Tensor> draw(std::int64_t count, at::Generator generator) const override;
    void loaded() override;

  private:
    std::string kind_;
    std::vector<std::unique_ptr<Layer>> layers_;
};

}  // namespace mollify
