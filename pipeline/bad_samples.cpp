#include <mollify/pipeline/bad_samples.hpp>
#include <mollify/stages/kernel/philox.hpp>

namespace mollify {

std::string to_string(const BadSample& bad) {
    std::string text = "sample " + std::to_string(bad.id);
    // A data error names its file already.
    if (!bad.origin.empty() && bad.reason.find(bad.origin) == std::string::npos)
        text += " (" + bad.origin + ")";
    return text + ": " + bad.reason;
}

const char* to_string(BadSamplePolicy policy) {
    switch (policy) {
        case BadSamplePolicy::fail:
            return "fail";
        case BadSamplePolicy::skip:
            return "skip";
        case BadSamplePolicy::substitute:
            return "substitute";
    }
    return "unknown";
}

SampleId substitute(std::uint64_t seed, Iteration iteration, SampleId sample, std::uint32_t draw,
                    std::size_t size) {
    const auto words =
        philox4x32(philox_counter(Stream::substitute, iteration, sample, draw), philox_key(seed));
    // Of 2^64 values: a set of 2^44 samples favours none by more than one part in 2^20.
    return (std::uint64_t{words[0]} << 32 | words[1]) % size;
}

}  // namespace mollify
