#pragma once
/// \file The multi-scale Glow for images.

#include <cstdint>
#include <memory>
#include <vector>

#include <mollify/trainers/models/flow.hpp>
#include <mollify/trainers/models/kind.hpp>

namespace mollify {

struct ImageGlowOptions {
    std::int64_t hidden = 512;
    std::int64_t levels = 3;
    std::int64_t depth = 20;

    static std::vector<Key<ImageGlowOptions>> keys() {
        return {{"hidden", "channels of the inner networks", &ImageGlowOptions::hidden, at_least(1)},
                {"levels", "number of scales; height and width divisible by 2^levels",
                 &ImageGlowOptions::levels, at_least(1)},
                {"depth", "steps of flow per level", &ImageGlowOptions::depth, at_least(1)}};
    }
};

/// The kind of ImageGlow.
const KindOf<ImageGlowOptions>& image_glow();

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
    ImageGlow(SampleShape shape, const ImageGlowOptions& options, std::uint64_t seed);

    std::string name() const override { return "image-glow"; }

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
