#include <algorithm>
#include <sstream>

#include <mollify/pipeline/recipe.hpp>
#include <mollify/pipeline/thread_budget.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/kernel/philox.hpp>

namespace mollify {
namespace {

std::string concurrency_text(Concurrency concurrency, std::size_t threads) {
    if (concurrency.limit == 1) return "serial";
    return "up to " + std::to_string(concurrency.limit == 0 ? threads : concurrency.limit) + " at once";
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

void add_room(BatchLayout& layout, const Format& format) {
    switch (format.content) {
        case Content::encoded:
            layout.encoded = true;
            return;  // the shape is known once decoded
        case Content::bytes:
            layout.bytes = true;
            break;
        case Content::values:
            layout.values = true;
            break;
    }
    layout.shape = format.shape;
}

}  // namespace

PipelineOptions PipelineOptions::resolved() const {
    PipelineOptions out = *this;
    if (out.threads == 0) out.threads = available_threads();
    if (out.in_flight == 0) out.in_flight = 2 * out.threads + 2;
    return out;
}

Recipe::Recipe(DatasetPtr data, const PipelineOptions& pipeline_options)
    : dataset(std::move(data)), options(pipeline_options), layout{.values = false} {
    if (!dataset) return;  // told by validated()
    format = dataset->format();
    add_room(layout, format);
}

void Recipe::append(Step step, const Format& output) {
    if (output.content != Content::encoded && layout.shape.elements() != 0 && layout.shape != output.shape) {
        problems.push_back(step.name + ": changes the shape from " + to_string(layout.shape) + " to " +
                           to_string(output.shape) +
                           ", which a slot cannot hold: let the data set deliver that shape");
    }
    steps.push_back(std::move(step));
    format = output;
    add_room(layout, format);
}

SamplerOptions Recipe::sampler_options() const {
    return {.batch_size = options.batch_size,
            .shuffle = options.shuffle,
            .drop_last = options.drop_last,
            .seed = options.seed,
            .shard = options.shard};
}

Recipe Recipe::validated() const {
    auto found = problems;
    Recipe out = *this;
    out.options = options.resolved();
    if (out.options.memory == nullptr) found.push_back("memory is null: leave it at its default");
    if (out.options.threads > 1024) {
        found.push_back("threads is " + std::to_string(out.options.threads) + ": use at most 1024");
    }
    if (!dataset) {
        found.push_back("the pipeline has no data set");
    } else {
        try {
            out.layout.capacity = Sampler(dataset->size(), sampler_options()).capacity();
        } catch (const ConfigError& error) {
            found.insert(found.end(), error.problems().begin(), error.problems().end());
        }
    }
    if (!found.empty()) throw ConfigError(std::move(found));
    return out;
}

std::string Recipe::to_dot(const std::string& consumer) const {
    const auto resolved = options.resolved();
    const std::size_t threads = resolved.threads;
    std::ostringstream dot;
    dot << "digraph pipeline {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n"
        << "  slots [shape=cylinder, label=\"slots\\nring of " << resolved.in_flight << "\"];\n"
        << "  admit [label=\"admit\\nserial\"];\n"
        << "  read [label=\"read " << escaped(dataset ? dataset->name() : "nothing") << "\\n"
        << concurrency_text(Concurrency::unlimited(), threads) << "\"];\n";
    for (std::size_t i = 0; i < steps.size(); ++i) {
        dot << "  step" << i << " [label=\"" << escaped(steps[i].name) << "\\n"
            << concurrency_text(steps[i].concurrency, threads) << "\"];\n";
    }
    dot << "  order [label=\"order\\nby iteration\"];\n  consume [label=\"" << escaped(consumer)
        << "\\nserial, the caller's thread\"];\n  slots -> admit -> read";
    for (std::size_t i = 0; i < steps.size(); ++i) dot << " -> step" << i;
    dot << " -> order -> consume;\n  consume -> slots [style=dashed, label=\"free slot\"];\n";
    if (options.bad_samples.policy != BadSamplePolicy::fail) {
        dot << "  { read";
        for (std::size_t i = 0; i < steps.size(); ++i) dot << " step" << i;
        dot << " } -> read [style=dashed, label=\"bad sample\"];\n";
    }
    dot << "}\n";
    return dot.str();
}

std::string signature(const Recipe& recipe) {
    std::ostringstream text;
    text << kAlgorithmVersion << " data=" << (recipe.dataset ? recipe.dataset->fingerprint() : "none")
         << " batch_size=" << recipe.options.batch_size << " shuffle=" << recipe.options.shuffle
         << " drop_last=" << recipe.options.drop_last << " seed=" << recipe.options.seed;
    return text.str();
}

}  // namespace mollify
