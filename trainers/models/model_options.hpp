#pragma once
/// \file A kind of model by name, with values of its keys.

#include <string>

#include <mollify/trainers/models/key.hpp>

namespace mollify {

/// A plain value. The same with types is each kind's own struct, such as MafOptions.
struct ModelOptions {
    std::string kind = "maf";
    KeyValues values = {};  ///< keys that are absent have the defaults of their kind

    bool operator==(const ModelOptions&) const = default;
};

/// The value of a key, which is its default where nothing else is said.
inline KeyValue value_of(const ModelOptions& options, const KeyInfo& key) {
    const auto value = options.values.find(key.name);
    return value == options.values.end() ? key.usual : as_type_of(key.usual, value->second);
}

}  // namespace mollify
