#pragma once
/// \file What a kind of model is: a name, keys with their defaults, problems in words, and a maker.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/models/key.hpp>
#include <mollify/trainers/models/model.hpp>

namespace mollify {

/// What a kind models.
enum class Takes { rows, images };

/// A kind of model as the table of kinds holds it: whatever the options of a kind are, its keys are listed, its
/// values judged and its models made in the same way. Immutable, thread-safe.
class ModelKind {
  public:
    ModelKind(std::string name, std::string description, Takes takes)
        : name_(std::move(name)), description_(std::move(description)), takes_(takes) {}
    virtual ~ModelKind() = default;

    const std::string& name() const { return name_; }
    const std::string& description() const { return description_; }  ///< one line
    Takes takes() const { return takes_; }

    /// In the order in which they are printed.
    virtual std::vector<KeyInfo> keys() const = 0;
    /// Everything that is wrong with `values` whatever the samples are, in words. Keys that are absent have their
    /// defaults; a key that is not one of keys() is passed over.
    virtual std::vector<std::string> problems(const KeyValues& values) const = 0;
    /// Why a model of such values cannot take samples of `shape`, which are of the form that the kind takes; values
    /// with problems() are looked at as far as possible.
    virtual std::vector<std::string> shape_problems(const KeyValues& values,
                                                    const SampleShape& shape) const = 0;
    /// As make_model(). Throws ConfigError with all that is wrong.
    virtual std::unique_ptr<Model> from_values(const KeyValues& values, const SampleShape& shape,
                                               std::uint64_t seed) const = 0;

  private:
    std::string name_;
    std::string description_;
    Takes takes_;
};

/// A kind by its options: a struct of values with their defaults, and `static std::vector<Key<Options>> keys()`
/// that names and explains them.
template <class Options>
class KindOf final : public ModelKind {
  public:
    using Problems = std::vector<std::string>;
    using Maker = std::function<std::unique_ptr<Model>(const Options&, const SampleShape&, std::uint64_t)>;
    using ShapeProblems = std::function<Problems(const Options&, const SampleShape&)>;

    /// \param make            is given options and shapes without problems
    /// \param shape_problems  as ModelKind::shape_problems()
    KindOf(std::string name, std::string description, Takes takes, Maker make, ShapeProblems shape_problems)
        : ModelKind(std::move(name), std::move(description), takes),
          make_(std::move(make)),
          shape_problems_(std::move(shape_problems)) {}

    /// A new model on the CPU in float32, in training mode, its parameters drawn by `seed`. Throws ConfigError with
    /// all that is wrong.
    std::unique_ptr<Model> make(const Options& options, const SampleShape& shape, std::uint64_t seed) const {
        auto found = judged(options);
        if (shape.is_image() != (takes() == Takes::images)) {
            found.push_back("'" + name() + "' cannot take samples of " + to_string(shape));
        } else {
            for (auto& problem : shape_problems_(options, shape)) found.push_back(std::move(problem));
        }
        if (!found.empty()) throw ConfigError(std::move(found));
        return make_(options, shape, seed);
    }

    std::vector<KeyInfo> keys() const override {
        std::vector<KeyInfo> out;
        for (const auto& key : Options::keys()) out.push_back(key.info());
        return out;
    }
    Problems problems(const KeyValues& values) const override {
        Problems found;
        const auto options = read(values, found);
        for (auto& problem : judged(options)) found.push_back(std::move(problem));
        return found;
    }
    Problems shape_problems(const KeyValues& values, const SampleShape& shape) const override {
        Problems ignored;
        return shape_problems_(read(values, ignored), shape);
    }
    std::unique_ptr<Model> from_values(const KeyValues& values, const SampleShape& shape,
                                       std::uint64_t seed) const override {
        Problems found;
        const auto options = read(values, found);
        if (!found.empty()) throw ConfigError(std::move(found));
        return make(options, shape, seed);
    }

  private:
    static Problems judged(const Options& options) {
        Problems found;
        for (const auto& key : Options::keys()) {
            if (auto problem = key.problem(options); !problem.empty()) found.push_back(std::move(problem));
        }
        return found;
    }
    /// The defaults with the values that are of their key's type.
    static Options read(const KeyValues& values, Problems& found) {
        Options options;
        for (const auto& key : Options::keys()) {
            const auto value = values.find(key.name());
            if (value == values.end()) continue;
            if (auto problem = key.set(options, value->second); !problem.empty())
                found.push_back(std::move(problem));
        }
        return options;
    }

    Maker make_;
    ShapeProblems shape_problems_;
};

}  // namespace mollify
