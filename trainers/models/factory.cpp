#include <algorithm>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/models/factory.hpp>
#include <mollify/trainers/models/image_glow.hpp>
#include <mollify/trainers/models/table_flow.hpp>

namespace mollify {

const std::vector<std::string>& model_kinds() {
    static const std::vector<std::string> kinds = {"maf", "realnvp", "glow"};
    return kinds;
}

std::vector<std::string> problems(const ModelOptions& options) {
    std::vector<std::string> found;
    const auto& kinds = model_kinds();
    if (std::find(kinds.begin(), kinds.end(), options.kind) == kinds.end()) {
        found.push_back("there is no model '" + options.kind + "'" + suggestion(options.kind, kinds) +
                        " (known: maf, realnvp, glow)");
    }
    const auto at_least_one = [&](const char* name, std::int64_t value) {
        if (value < 1)
            found.push_back(std::string(name) + " of a model must be at least 1, not " +
                            std::to_string(value));
    };
    at_least_one("hidden", options.hidden);
    at_least_one("blocks", options.blocks);
    at_least_one("levels", options.levels);
    at_least_one("steps", options.steps);
    return found;
}

std::vector<std::string> shape_problems(const ModelOptions& options, const SampleShape& shape) {
    std::vector<std::string> found;
    if (!shape.is_image()) {
        if (shape.elements() < 2) found.emplace_back("a flow for tables needs rows of at least 2 features");
        return found;
    }
    if (options.kind == "maf" || options.kind == "realnvp") {
        found.push_back("the model '" + options.kind + "' is for tables and the samples are images of " +
                        to_string(shape) + ": use the model 'glow'");
    }
    if (options.levels >= 1) {
        const bool deep = options.levels > 32;
        const std::size_t factor = std::size_t{1} << (deep ? 0 : options.levels);
        if (deep || shape.height % factor != 0 || shape.width % factor != 0) {
            found.push_back("images of " + to_string(shape) + " cannot be halved " +
                            std::to_string(options.levels) +
                            " times: choose fewer levels or another image size");
        }
    }
    return found;
}

std::unique_ptr<Model> make_model(const ModelOptions& options, const SampleShape& shape, std::uint64_t seed) {
    auto found = problems(options);
    const auto misfits = shape_problems(options, shape);
    found.insert(found.end(), misfits.begin(), misfits.end());
    if (!found.empty()) throw ConfigError(std::move(found));
    if (shape.is_image()) {
        return std::make_unique<ImageGlow>(shape, options.levels, options.steps, options.hidden, seed);
    }
    return std::make_unique<TableFlow>(options.kind, shape, options.hidden, options.blocks, seed);
}

}  // namespace mollify
