#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include <mollify/stages/error.hpp>
#include <mollify/trainers/tensors/safetensors_header.hpp>

namespace mollify {
namespace {

using nlohmann::json;

constexpr const char* kMetadata = "__metadata__";
constexpr int kDeepest = 2;  // the header's object, a tensor's in it, and a list of numbers in that

constexpr std::array<std::pair<std::string_view, std::size_t>, 6> kDtypes{
    {{"F64", 8}, {"I64", 8}, {"F32", 4}, {"I32", 4}, {"U8", 1}, {"BOOL", 1}}};

/// Where a header is read, for messages.
struct Place {
    const std::string& path;
    std::string where;

    [[noreturn]] void damaged(const std::string& what) const {
        throw DataError(path, where, what, "the file is damaged; use another one");
    }
    std::size_t number(const json& value, const char* of) const {
        if (!value.is_number_unsigned())
            damaged(std::string(of) + " holds what is no whole number from 0 on");
        return value.get<std::size_t>();
    }
};

/// Parses JSON that neither nests deeper than a header does nor says anything twice: nlohmann's parser would take
/// the last of two equal keys.
json parse(std::string_view text, const Place& place) {
    std::array<std::set<std::string>, kDeepest + 2> keys;  // by depth, of the object that is being read
    const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
        if (event == json::parse_event_t::object_start || event == json::parse_event_t::array_start) {
            if (depth > kDeepest) place.damaged("it is nested more deeply than the format allows");
            keys.at(static_cast<std::size_t>(depth) + 1).clear();
        } else if (event == json::parse_event_t::key) {
            const auto key = parsed.get<std::string>();
            if (!keys.at(static_cast<std::size_t>(depth)).insert(key).second)
                place.damaged("it says '" + key + "' twice");
        }
        return true;
    };
    try {
        return json::parse(text, watch);
    } catch (const json::exception& error) {
        place.damaged(error.what());
    }
}

Metadata metadata_of(const json& value, const Place& place) {
    if (!value.is_object()) place.damaged("its metadata are no object");
    Metadata metadata;
    for (const auto& [key, text] : value.items()) {
        if (!text.is_string()) place.damaged("the metadata's '" + key + "' is no text");
        metadata[key] = text.get<std::string>();
    }
    return metadata;
}

TensorEntry entry_of(const std::string& name, const json& value, const std::string& path) {
    const Place place{path, "tensor '" + name + "'"};
    if (!value.is_object() || value.size() != 3 || !value.contains("dtype") || !value.contains("shape") ||
        !value.contains("data_offsets")) {
        place.damaged("it has not exactly a dtype, a shape and data_offsets");
    }
    const auto &dtype = value["dtype"], &shape = value["shape"], &offsets = value["data_offsets"];
    if (!dtype.is_string()) place.damaged("its dtype is no text");
    if (!shape.is_array()) place.damaged("its shape is no list");
    if (!offsets.is_array() || offsets.size() != 2) place.damaged("its data_offsets are no list of two");

    TensorEntry entry{name, dtype.get<std::string>(), {}, 0, 0};
    const auto number_bytes = bytes_of(entry.dtype);
    if (number_bytes == 0) place.damaged("its dtype '" + entry.dtype + "' is not one that is read");
    std::size_t bytes = number_bytes;
    std::int64_t extent = 1;  // of the shape with ones for zeros: strides are products of it
    for (const auto& size : shape) {
        const auto rows = place.number(size, "its shape");
        std::int64_t checked = 0;
        if (__builtin_add_overflow(rows, 0, &checked) ||
            __builtin_mul_overflow(extent, std::max<std::int64_t>(checked, 1), &extent) ||
            __builtin_mul_overflow(bytes, rows, &bytes)) {
            place.damaged("its shape is of more numbers than can be counted");
        }
        entry.shape.push_back(checked);
    }
    entry.begin = place.number(offsets[0], "its data_offsets");
    entry.end = place.number(offsets[1], "its data_offsets");
    if (entry.begin > entry.end || entry.end - entry.begin != bytes)
        place.damaged("its place in the file does not fit its shape");
    if (entry.begin % number_bytes != 0) place.damaged("its place is no multiple of its numbers' size");
    return entry;
}

}  // namespace

std::size_t bytes_of(std::string_view dtype) {
    const auto* const known =
        std::find_if(kDtypes.begin(), kDtypes.end(), [&](const auto& pair) { return pair.first == dtype; });
    return known == kDtypes.end() ? 0 : known->second;
}

SafetensorsHeader parse_safetensors_header(std::string_view text, std::size_t data_bytes,
                                           const std::string& path) {
    const Place place{path, "header"};
    if (!text.starts_with('{')) place.damaged("it does not begin with '{'");
    const auto parsed = parse(text, place);
    SafetensorsHeader header;
    for (const auto& [name, value] : parsed.items()) {
        if (name == kMetadata) {
            header.metadata = metadata_of(value, place);
        } else {
            header.tensors.push_back(entry_of(name, value, path));
        }
    }
    std::sort(header.tensors.begin(), header.tensors.end(), [](const auto& a, const auto& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::size_t covered = 0;
    for (const auto& entry : header.tensors) {
        if (entry.begin != covered) {
            Place{path, "tensor '" + entry.name + "'"}.damaged(
                entry.begin < covered ? "it overlaps another tensor" : "there is a hole before it");
        }
        covered = entry.end;
    }
    if (covered != data_bytes) {
        place.damaged("its tensors take " + std::to_string(covered) + " bytes, and the file holds " +
                      std::to_string(data_bytes));
    }
    return header;
}

}  // namespace mollify
