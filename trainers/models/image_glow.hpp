#pragma once
/// \file The multi-scale Glow for images.

#include <cstdint>
#include <memory>
#include <vector>

#include <mollify/trainers/models/flow.hpp>

namespace mollify {

/// Kingma and Dhariwal, "Glow: generative flow with invertible 1×1 convolutions", NeurIPS 2018, as in the
/// library normflows. From the data on, each level squeezes 2×2 pixels into channels, runs its steps
/// (ActNorm, 1×1 convolution, coupling), and keeps half of the channels as latents; the last level keeps all.
/// The base is a Gaussian with learnt mean and log-scale per channel.
///
/// Names are those of normflows: levels count from the deepest (latents()[0]), steps in the order of
/// decoding; `flows.<level>.<step>.flows.0` is a step's coupling, `.1` its convolution, `.2` its ActNorm,
/// `q0.<level>` the base.
class ImageGlow final : public Flow {
  public:
    /// Height and width divisible by 2^levels.
    ImageGlow(SampleShape shape, std::int64_t levels, std::int64_t steps, std::int64_t hidden,
              std::uint64_t seed);

    std::string name() const override { return "glow"; }

    Encoding encode(const at::Tensor& x, Pass pass) const override;
    at::Tensor decode(const std::vector<at::Tensor>& latents) const override;

  protected:
    at::Tensor base_log_likelihood(const std::vector<at::Tensor>& latents) const override;
    std::vector<at::Tensor> draw(std::int64_t count, at::Generator generator) const override;

  private:
    /// A Gaussian per channel; mean and log-scale are held as value·exp(3·logs), which speeds up their
    /// learning.
    struct Base {
        at::Tensor location, location_logs, log_scale, log_scale_logs;
        at::Tensor mean() const;
        at::Tensor log_deviation() const;
    };
    struct Level {
        std::vector<std::unique_ptr<Layer>> layers;  ///< from the data to the latents
        SampleShape latent;
        Base base;
    };

    std::vector<Level> levels_;
};

}  // namespace mollify
