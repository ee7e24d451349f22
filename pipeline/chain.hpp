#pragma once
/// \file The builder: `from(dataset, options) | stage | … | into(consumer)`.

#include <string>
#include <type_traits>
#include <utility>

#include <mollify/pipeline/pipeline.hpp>
#include <mollify/pipeline/recipe.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/stage.hpp>

namespace mollify {

/// A stage with a name and a concurrency of its own: `| named("count", Concurrency::serial(), counter)`.
/// A serial stage sees one batch at a time, in no particular order: only the consumer's order is promised.
/// It stays a step of its own: neighbours do not fuse with it.
template <Stage S>
struct NamedStep {
    std::string name;
    Concurrency concurrency;
    S stage;
};

template <Stage S>
NamedStep<S> named(std::string name, Concurrency concurrency, S stage) {
    return {std::move(name), concurrency, std::move(stage)};
}
template <Stage S>
NamedStep<S> named(std::string name, S stage) {
    return {std::move(name), Concurrency::unlimited(), std::move(stage)};
}

/// The end of a chain, see into().
struct Sink {
    std::string name;
    Consumer consumer;
};

/// Ends a chain. An lvalue is referred to and must outlive the pipeline; an rvalue is moved in.
template <class C>
Sink into(std::string name, C&& consumer) {
    if constexpr (std::is_lvalue_reference_v<C>) {
        return {std::move(name), std::ref(consumer)};
    } else {
        return {std::move(name), std::forward<C>(consumer)};
    }
}
template <class C>
requires std::invocable<C&, Batch&> Sink into(C&& consumer) {
    return into("consume", std::forward<C>(consumer));
}

/// The last of a chain that the next stage never fuses with: its data set, or a step that was given a name and
/// a concurrency, which a fusion would lose.
struct Unfusible {};

/// The chain so far. `Last` is the type of its last stage, so that two neighbours with a common one-pass form
/// (`fuse`, stage.hpp) become one step at compile time: Normalize | Mollifier runs as one step.
/// A plain value; every `|` makes a new chain. Nothing runs before run() or batches().
template <class Last>
class Chain {
  public:
    /// `before` is the recipe without `last`.
    Chain(Recipe recipe, Last last, Recipe before)
        : recipe_(std::move(recipe)), last_(std::move(last)), before_(std::move(before)) {}

    template <Stage S>
    friend auto operator|(Chain chain, S stage) {
        if constexpr (Fusible<Last, S>) {
            auto fused = fuse(chain.last_, stage);
            chain.recipe_ = std::move(chain.before_);
            auto name = name_of<decltype(fused)>(chain.recipe_);
            return std::move(chain).then(std::move(name), Concurrency::unlimited(), std::move(fused));
        } else {
            auto name = name_of<S>(chain.recipe_);
            return std::move(chain).then(std::move(name), Concurrency::unlimited(), std::move(stage));
        }
    }

    template <Stage S>
    friend auto operator|(Chain chain, NamedStep<S> step) {
        const auto next =
            std::move(chain).then(std::move(step.name), step.concurrency, std::move(step.stage));
        return Chain<Unfusible>(next.recipe(), {}, next.recipe());
    }

    friend Pipeline operator|(Chain chain, Sink sink) {
        return Pipeline(std::move(chain.recipe_), std::move(sink.name), std::move(sink.consumer));
    }

    /// The batches of iterations [begin, end) as a range.
    BatchRange batches(Iteration begin, Iteration end) const { return BatchRange(recipe_, begin, end); }

    const Recipe& recipe() const { return recipe_; }
    std::string to_dot() const { return recipe_.to_dot("your loop"); }

  private:
    template <class>
    friend class Chain;

    template <class S>
    static std::string name_of(const Recipe& recipe) {
        if constexpr (NamedStage<S>) {
            return S::kName;
        } else {
            return "step " + std::to_string(recipe.steps.size() + 1);
        }
    }

    template <Stage S>
    Chain<S> then(std::string name, Concurrency concurrency, S stage) && {
        Recipe before = recipe_;
        Format after = before.format;
        try {
            after = output_format(stage, before.format);
        } catch (const ConfigError& error) {
            for (const auto& problem : error.problems()) recipe_.problems.push_back(name + ": " + problem);
        }
        Step step{std::move(name), concurrency, {}};
        if constexpr (RowStage<S>) {
            step.work = [stage](Batch& batch, const RowLoop& rows) { stage(batch, rows); };
        } else {
            step.work = [stage](Batch& batch, const RowLoop&) { stage(batch); };
        }
        recipe_.append(std::move(step), after);
        return Chain<S>(std::move(recipe_), std::move(stage), std::move(before));
    }

    Recipe recipe_;
    Last last_;
    Recipe before_;
};

/// Batches of `dataset` in the order that the options say. Mistakes in the options are told by run() or
/// batches(), together with those of the chain.
inline Chain<Unfusible> from(DatasetPtr dataset, const PipelineOptions& options = {}) {
    const Recipe recipe(std::move(dataset), options);
    return Chain<Unfusible>(recipe, {}, recipe);
}

}  // namespace mollify
