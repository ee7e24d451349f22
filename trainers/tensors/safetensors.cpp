#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include <ATen/ATen.h>
#include <nlohmann/json.hpp>

#include <mollify/datasets/storage/atomic_file.hpp>
#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/datasets/storage/mapped_file.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/trainers/tensors/safetensors.hpp>

namespace mollify {
namespace {

using nlohmann::json;

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kHeaderLimit = 100'000'000;  // of the format
constexpr const char* kChecksum = "checksum";
const std::string kBlankChecksum(16, '0');

/// Those of bytes_of().
struct DtypeName {
    at::ScalarType type;
    const char* name;
};
constexpr std::array kDtypes{DtypeName{at::kDouble, "F64"}, DtypeName{at::kLong, "I64"},
                             DtypeName{at::kFloat, "F32"},  DtypeName{at::kInt, "I32"},
                             DtypeName{at::kByte, "U8"},    DtypeName{at::kBool, "BOOL"}};

const char* name_of(const NamedTensor& tensor) {
    for (const auto& [type, name] : kDtypes) {
        if (type == tensor.tensor.scalar_type()) return name;
    }
    throw Error("tensor '" + tensor.name + "' has dtype " + c10::toString(tensor.tensor.scalar_type()) +
                ", which is not one that is saved");
}

/// The checksum's place within the header is found by its key; the text is ours, so the form is known.
std::size_t checksum_place(std::string_view header) {
    const std::string key = std::string("\"") + kChecksum + "\":\"";
    const auto at = header.find(key);
    return at == std::string_view::npos ? at : at + key.size();
}

[[noreturn]] void damaged(const std::filesystem::path& path, const std::string& where,
                          const std::string& what) {
    throw DataError(path.string(), where, what, "the file is damaged; use another one");
}

at::Tensor view(const std::shared_ptr<const MappedFile>& file, std::size_t data_begin,
                const TensorEntry& entry) {
    const auto* const dtype =
        std::find_if(kDtypes.begin(), kDtypes.end(), [&](auto d) { return entry.dtype == d.name; });
    auto* data = const_cast<std::byte*>(file->bytes().data() + data_begin + entry.begin);
    return at::from_blob(
        data, entry.shape, [file](void*) {}, at::TensorOptions(dtype->type));
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                       Metadata metadata) {
    // Wide numbers first, so that every tensor is aligned without gaps, which the format forbids.
    std::vector<NamedTensor> sorted(tensors.begin(), tensors.end());
    std::stable_sort(sorted.begin(), sorted.end(), [](const NamedTensor& a, const NamedTensor& b) {
        return a.tensor.element_size() > b.tensor.element_size();
    });

    metadata[kChecksum] = kBlankChecksum;
    json header{{"__metadata__", metadata}};
    std::size_t offset = 0;
    for (const auto& named : sorted) {
        if (header.contains(named.name)) throw Error("two tensors are named '" + named.name + "'");
        const std::size_t bytes = named.tensor.nbytes();
        header[named.name] = {{"dtype", name_of(named)},
                              {"shape", named.tensor.sizes().vec()},
                              {"data_offsets", {offset, offset + bytes}}};
        offset += bytes;
    }
    std::string text = header.dump();
    text.append((kLengthBytes - text.size() % kLengthBytes) % kLengthBytes, ' ');

    AtomicFile file(path);
    std::size_t place = kLengthBytes + text.size();
    file.reserve(place + offset);
    Fingerprint fingerprint;
    for (const auto& named : sorted) {
        const auto tensor = named.tensor.detach().to(at::kCPU).contiguous();
        const std::span bytes(static_cast<const std::byte*>(tensor.data_ptr()), tensor.nbytes());
        fingerprint.add(bytes.data(), bytes.size());
        file.write_at(place, bytes);
        place += bytes.size();
    }
    fingerprint.add(text.data(), text.size());
    text.replace(checksum_place(text), kBlankChecksum.size(), fingerprint.hex());

    std::array<std::byte, kLengthBytes> length;
    for (std::size_t i = 0; i < kLengthBytes; ++i) length[i] = static_cast<std::byte>(text.size() >> 8 * i);
    file.write_at(0, length);
    file.write_at(kLengthBytes, std::as_bytes(std::span(text)));
    file.commit();
}

TensorFile read_safetensors(const std::filesystem::path& path) {
    const auto file = std::make_shared<const MappedFile>(path);
    const auto bytes = file->bytes();
    if (bytes.size() < kLengthBytes) damaged(path, "byte 0", "it ends within the length of its header");
    std::size_t length = 0;
    for (std::size_t i = 0; i < kLengthBytes; ++i) length |= std::to_integer<std::size_t>(bytes[i]) << 8 * i;
    if (length > kHeaderLimit || length > bytes.size() - kLengthBytes) {
        damaged(path, "byte 8", "it ends within its header");
    }
    if (length % kLengthBytes != 0) damaged(path, "byte 0", "its header is no multiple of 8 bytes long");
    std::string header(file->text().substr(kLengthBytes, length));
    const auto data = bytes.subspan(kLengthBytes + length);

    const auto at = checksum_place(header);
    if (at == std::string::npos || at + kBlankChecksum.size() > header.size()) {
        damaged(path, "header", "it has no checksum");
    }
    const auto expected = header.substr(at, kBlankChecksum.size());
    header.replace(at, kBlankChecksum.size(), kBlankChecksum);
    Fingerprint fingerprint;
    fingerprint.add(data.data(), data.size());
    fingerprint.add(header.data(), header.size());
    if (fingerprint.hex() != expected) damaged(path, "", "its checksum is not the one that was written");

    auto [metadata, entries] = parse_safetensors_header(header, data.size(), path.string());
    TensorFile result{std::move(metadata), {}};
    for (const auto& entry : entries)
        result.tensors.push_back({entry.name, view(file, kLengthBytes + length, entry)});
    return result;
}

}  // namespace mollify
