#include <string>
#include <utility>

#include <mollify/stages/error.hpp>
#include <mollify/stages/gaussian.hpp>
#include <mollify/stages/mollifier.hpp>

namespace mollify {

GaussianMollifier::GaussianMollifier(Schedule schedule, std::uint64_t seed)
    : schedule_(schedule), seed_(seed) {
    active_instruction_set();  // a wrong MOLLIFY_INSTRUCTION_SET is told now, not in the first batch
}

void GaussianMollifier::operator()(Batch& batch) const {
    batch.require(Content::values, kName);
    const Mix mix = Mix::at_level(schedule_.level(batch));
    if (!mix.is_clean()) mollify_batch(batch, {}, mix, seed_, kName);
}

Format GaussianMollifier::output(const Format& input) const {
    if (input.content != Content::values) {
        throw ConfigError(std::string("mollify needs values, not ") + to_string(input.content) +
                          ": normalize first");
    }
    return input;
}

void NormalizedMollifier::operator()(Batch& batch) const {
    normalize_.output({batch.content(), batch.shape()});
    mollify_batch(batch, {.scale = normalize_.scale(), .shift = normalize_.shift()},
                  Mix::at_level(mollifier_.schedule().level(batch)), mollifier_.seed(), kName);
}

}  // namespace mollify
