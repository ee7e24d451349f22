#include <mollify/stages/gaussian.hpp>
#include <mollify/stages/gaussian_mollifier.hpp>

namespace mollify {
namespace {

class GaussianMollifier final : public MollifierKind {
  public:
    explicit GaussianMollifier(std::uint64_t seed) : seed_(seed) {}

    void apply(std::span<float> values, const SampleShape& shape, std::span<const SampleId> ids,
               Iteration iteration, double level) const override {
        const Mix mix = Mix::at_level(level);
        const InstructionSet set = active_instruction_set();
        for (std::size_t row = 0; row < ids.size(); ++row) {
            const auto sample = values.subspan(row * shape.elements(), shape.elements());
            mollify_sample(sample, sample, {}, mix, {seed_, iteration, ids[row]}, set);
        }
    }

    void normalized(Batch& batch, const Normalize& normalize, double level) const override {
        mollify_batch(batch, {.scale = normalize.scale(), .shift = normalize.shift()}, Mix::at_level(level),
                      seed_, "normalize+mollify");
    }

  private:
    std::uint64_t seed_;
};

}  // namespace

std::shared_ptr<const MollifierKind> gaussian_mollifier(std::uint64_t seed) {
    active_instruction_set();  // a wrong MOLLIFY_INSTRUCTION_SET is told now, not in the first batch
    return std::make_shared<GaussianMollifier>(seed);
}

}  // namespace mollify
