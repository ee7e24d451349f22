#include <algorithm>
#include <fstream>
#include <utility>

#include <mollify/datasets/images/cifar.hpp>
#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

constexpr const char* kFetchAgain = "copy or download it again";

/// One name per line; empty where there is no such file.
std::vector<std::string> read_names(const std::filesystem::path& path) {
    std::vector<std::string> names;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.ends_with('\r')) line.pop_back();
        if (!line.empty()) names.push_back(line);
    }
    return names;
}

void require_official_split(Split split, const char* name) {
    if (split == Split::validation) {
        throw ConfigError(std::string(name) + " has no validation split: use train or test");
    }
}

/// Where the files of the binary version are not: what is there instead, and what to do. Returns where nothing is
/// recognized.
void name_other_layout(const std::filesystem::path& folder, const CifarLayout& layout) {
    namespace fs = std::filesystem;
    const bool ten = layout.label_bytes == 1;
    const std::string name = ten ? "cifar-10" : "cifar-100";
    const std::string archive = name + "-binary.tar.gz";
    const std::string source = archive + " from https://www.cs.toronto.edu/~kriz/cifar.html";
    struct Other {
        std::string file;
        std::string what;
        std::string remedy;
    };
    const std::string here = folder.string();
    const std::string take = "take the binary version: unpack " + source;
    const auto unpack = [&](const std::string& file) {
        return "tar xzf " + here + '/' + file + " -C " + here;
    };
    const Other others[] = {
        {archive, "the binary version, still packed", "unpack it: " + unpack(archive)},
        {ten ? "test.bin" : "test_batch.bin", ten ? "CIFAR-100" : "CIFAR-10",
         std::string("choose that data set: --set data.set=") + (ten ? "cifar100" : "cifar10")},
        {name + "-python.tar.gz", "the Python version, packed", take},
        {name + "-matlab.tar.gz", "the Matlab version, packed", take},
        {ten ? "cifar-10-batches-py" : "cifar-100-python", "the Python version", take},
        {ten ? "data_batch_1" : "train", "the Python version", take},
        {ten ? "cifar-10-batches-mat" : "cifar-100-matlab", "the Matlab version", take},
        {ten ? "data_batch_1.mat" : "train.mat", "the Matlab version", take},
    };
    for (const Other& other : others) {
        std::error_code error;
        const fs::path path = folder / other.file;
        if (!fs::exists(path, error)) continue;
        if (other.file == "train" && fs::is_directory(path, error)) {
            throw DataError(path.string(), "", "is a folder: these are images, or another layout",
                            "read images by --set data.set=images, or " + take);
        }
        throw DataError(path.string(), "", "is " + other.what + ", not what is read here", other.remedy);
    }
}

}  // namespace

std::size_t check_cifar_records(std::span<const std::byte> file, const CifarLayout& layout,
                                std::size_t records, const std::string& source) {
    const std::size_t record_bytes = layout.record_bytes();
    const std::size_t whole = file.size() / record_bytes;
    const std::size_t expected = records ? records : std::max<std::size_t>(whole, 1);
    if (file.size() != expected * record_bytes) {
        const bool cut = records ? whole < records : true;
        throw DataError(source, "byte " + std::to_string(std::min(file.size(), expected * record_bytes)),
                        std::string(cut ? "is cut short" : "is too long") + ": has " +
                            std::to_string(file.size()) + " bytes, " +
                            (records ? "must have " : "not a multiple of ") +
                            std::to_string(records ? expected * record_bytes : record_bytes),
                        kFetchAgain);
    }
    for (std::size_t record = 0; record < whole; ++record) {
        for (std::size_t byte = 0; byte < layout.label_bytes; ++byte) {
            const bool last = byte + 1 == layout.label_bytes;
            const unsigned limit = last ? layout.classes : kCifar100Superclasses;
            const std::size_t offset = record * record_bytes + byte;
            const auto label = std::to_integer<unsigned>(file[offset]);
            if (label < limit) continue;
            throw DataError(source, "record " + std::to_string(record) + ", byte " + std::to_string(offset),
                            std::string(last ? "the label " : "the coarse label ") + std::to_string(label) +
                                " is not below " + std::to_string(limit),
                            std::string("the file is damaged or of another data set: ") + kFetchAgain);
        }
    }
    return whole;
}

Cifar::Cifar(std::string name, const CifarLayout& layout, const std::filesystem::path& folder,
             std::span<const char* const> files, std::size_t official_records, const char* names_file,
             const CifarOptions& options)
    : name_(std::move(name)),
      layout_(layout),
      label_byte_(options.coarse_labels && layout.label_bytes == 2 ? 0 : layout.label_bytes - 1) {
    std::error_code error;
    if (folder.string().ends_with(".tar.gz") && std::filesystem::exists(folder, error)) {
        throw DataError(folder.string(), "", "is an archive, not a folder",
                        "unpack it: tar xzf " + folder.string() + ", and name the folder that it makes");
    }
    if (!std::filesystem::is_directory(folder, error)) {
        throw DataError(folder.string(), "", "is not a folder",
                        std::string("give the folder that holds ") + files.front());
    }
    if (!std::filesystem::exists(folder / files.front(), error)) name_other_layout(folder, layout);
    parts_.reserve(files.size());
    for (const char* const file : files) {
        MappedFile mapped(folder / file, MappedFile::Access::random);
        const auto records = check_cifar_records(mapped.bytes(), layout,
                                                 options.official_size ? official_records : 0, mapped.path());
        parts_.push_back({std::move(mapped), size_, size_ + records});
        size_ += records;
    }
    class_names_ = read_names(folder / names_file);
}

Cifar Cifar::cifar10(const std::filesystem::path& folder, Split split, const CifarOptions& options) {
    require_official_split(split, "CIFAR-10");
    constexpr const char* kTrain[] = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                      "data_batch_4.bin", "data_batch_5.bin"};
    constexpr const char* kTest[] = {"test_batch.bin"};
    const bool train = split == Split::train;
    return Cifar("cifar10", kCifar10, folder,
                 train ? std::span<const char* const>(kTrain) : std::span<const char* const>(kTest), 10'000,
                 "batches.meta.txt", options);
}

Cifar Cifar::cifar100(const std::filesystem::path& folder, Split split, const CifarOptions& options) {
    require_official_split(split, "CIFAR-100");
    const bool train = split == Split::train;
    const char* const file = train ? "train.bin" : "test.bin";
    return Cifar("cifar100", kCifar100, folder, {&file, 1}, train ? 50'000 : 10'000,
                 options.coarse_labels ? "coarse_label_names.txt" : "fine_label_names.txt", options);
}

const Cifar::Part& Cifar::part_of(SampleId id) const {
    return *std::ranges::upper_bound(parts_, id, {}, &Part::end);
}

const std::uint8_t* Cifar::record_of(SampleId id) const {
    const Part& part = part_of(id);
    return part.file.data() + (id - part.begin) * layout_.record_bytes();
}

void Cifar::read(Batch& batch, const RowLoop&) const {
    require_readable(*this, batch);
    const auto ids = batch.ids();
    for (std::size_t row = 0; row < ids.size(); ++row) {
        const std::uint8_t* const record = record_of(ids[row]);
        batch.labels()[row] = record[label_byte_];
        batch.lend(row, record + layout_.label_bytes);
    }
    batch.set_content(Content::bytes);
}

std::string Cifar::origin(SampleId id) const {
    require_sample(*this, id);
    const Part& part = part_of(id);
    return part.file.path() + ", record " + std::to_string(id - part.begin);
}

std::string Cifar::fingerprint() const {
    Fingerprint print;
    print.add(std::uint64_t{label_byte_});
    for (const Part& part : parts_) print.add(part.file.data(), part.file.size());
    return print.hex();
}

}  // namespace mollify
