#pragma once
/// \file The keys of options that a configuration names by text: what each means, and which values it may have.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace mollify {

using KeyValue = std::variant<std::int64_t, double, bool, std::string>;
using KeyValues = std::map<std::string, KeyValue>;

/// `value`, with a whole number made a number where `usual` is one.
KeyValue as_type_of(const KeyValue& usual, const KeyValue& value);
/// "a whole number", "a number", "true or false", "a text".
std::string type_name(const KeyValue& value);
/// As people write it, texts without quotes.
std::string to_string(const KeyValue& value);

/// What is told of a key without knowing the options that it belongs to.
struct KeyInfo {
    const char* name;
    const char* meaning;  ///< one line
    KeyValue usual;       ///< where nothing is said
};

/// What a value must be, such as "at least 1"; empty where the value given is that.
using Rule = std::function<std::string(const KeyValue&)>;

/// For whole numbers.
Rule at_least(std::int64_t least);
/// For numbers.
Rule above(double bound);
/// For texts.
Rule one_of(std::vector<std::string> choices);
/// Any value of the type will do; a number must be finite.
Rule any_value();

/// A key of `Options`, by the member that holds its value.
template <class Options>
class Key {
  public:
    /// \param meaning  one line
    /// \param member   one of the types of KeyValue
    template <class T>
    Key(const char* name, const char* meaning, T Options::*member, Rule rule = any_value())
        : name_(name),
          meaning_(meaning),
          rule_(std::move(rule)),
          get_([member](const Options& options) -> KeyValue { return options.*member; }),
          set_([member](Options& options, const KeyValue& value) {
              const auto converted = as_type_of(options.*member, value);
              const auto* same = std::get_if<T>(&converted);
              if (same) options.*member = *same;
              return same != nullptr;
          }) {}

    const char* name() const { return name_; }
    KeyInfo info() const { return {name_, meaning_, get_(Options{})}; }

    /// \returns what is wrong with the type of `value`, and then nothing is set; empty where nothing is. A whole
    /// number is a number, too.
    std::string set(Options& options, const KeyValue& value) const {
        return set_(options, value) ? "" : name_ + std::string(" must be ") + type_name(get_(options));
    }
    /// \returns what is wrong with the value in `options`; empty where nothing is
    std::string problem(const Options& options) const {
        const auto value = get_(options);
        const auto must = rule_(value);
        return must.empty() ? "" : name_ + std::string(" must be ") + must + ", not " + to_string(value);
    }

  private:
    const char* name_;
    const char* meaning_;
    Rule rule_;
    std::function<KeyValue(const Options&)> get_;
    std::function<bool(Options&, const KeyValue&)> set_;
};

}  // namespace mollify
