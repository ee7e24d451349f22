#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include <spdlog/spdlog.h>

#include <mollify/datasets/hdf5/contents.hpp>
#include <mollify/datasets/hdf5/pack.hpp>
#include <mollify/datasets/hdf5/table.hpp>
#include <mollify/datasets/images/celeba.hpp>
#include <mollify/datasets/images/cifar.hpp>
#include <mollify/datasets/images/drawn_images.hpp>
#include <mollify/datasets/images/image_folder.hpp>
#include <mollify/datasets/images/image_parts.hpp>
#include <mollify/datasets/storage/file_type.hpp>
#include <mollify/datasets/synthetic.hpp>
#include <mollify/datasets/tables/columns.hpp>
#include <mollify/datasets/tables/read_table.hpp>
#include <mollify/datasets/tables/uci.hpp>
#include <mollify/pipeline/chain.hpp>
#include <mollify/stages/dequantize.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/flip.hpp>
#include <mollify/stages/normalize.hpp>
#include <mollify/trainers/program/data/data.hpp>

namespace mollify {
namespace {

namespace fs = std::filesystem;

// Ids far apart are independent samples of the same distribution.
constexpr SampleId kValidationIds = SampleId{1} << 32;
constexpr SampleId kTestIds = SampleId{2} << 32;

template <class T>
DatasetPtr share(T dataset) {
    return std::make_shared<T>(std::move(dataset));
}

fs::path required_path(const DataOptions& config, const std::string& what) {
    if (config.path.empty()) {
        throw ConfigError("data.path: '" + config.set + "' needs " + what + ": name it with --data" +
                          (config.set == "cifar10" ? ", or take built-in images: --set data.set=drawn" : ""));
    }
    return config.path;
}

/// `path`, or its first sub-folder of these that there is.
fs::path folder(const fs::path& path, const std::vector<std::string>& usual) {
    for (const auto& name : usual) {
        if (fs::is_directory(path / name)) return path / name;
    }
    return path;
}

/// As many names as fit on a page, and how many more there are.
std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t kMost = 100;
    std::string out;
    for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) {
        out += (i == 0 ? "" : ", ") + (names[i].empty() ? "(no name)" : names[i]);
    }
    return names.size() > kMost ? out + ", and " + std::to_string(names.size() - kMost) + " more" : out;
}

Data tables(const std::shared_ptr<const TableSplit>& split) {
    Data data;
    data.train = std::make_shared<TableDataset>(split, Split::train);
    data.validation = std::make_shared<TableDataset>(split, Split::validation);
    data.test = std::make_shared<TableDataset>(split, Split::test);
    if (!split->columns.empty()) data.facts.emplace_back("columns", listed(split->columns));
    data.facts.emplace_back("scale", "standardized by training and validation rows");
    return data;
}

Data uci(const DataOptions& config) {
    const auto path = folder(required_path(config, "the folder with the raw UCI file"), {"uci"});
    return tables(load_uci(config.set.substr(config.set.find('/') + 1), path));
}

Table hdf5_table(const fs::path& path, const std::string& dataset, const CsvOptions& options) {
    refuse_text_options(path, options);
    Table rows = read_hdf5_table(path, dataset);
    return options.columns.empty() ? rows : select_columns(rows, chosen_columns(options.columns, rows));
}

Data table(const DataOptions& config) {
    const auto path = required_path(config, "a table (.csv, .npy, .h5)");
    const auto options = csv_options(config.table);
    const auto rows = file_type(path).kind == FileType::Kind::hdf5 ? hdf5_table(path, config.dataset, options)
                                                                   : read_table(path, options);
    auto data = tables(std::make_shared<const TableSplit>(split_and_standardize(rows, path.stem().string())));
    for (const auto& remark : rows.remarks) data.facts.emplace_back("note", remark);
    for (const auto& remark : row_number_remarks(rows)) data.facts.emplace_back("note", remark);
    return data;
}

fs::path cache_folder() {
    if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != '\0') {
        return fs::path(cache) / "mollify";
    }
    const char* home = std::getenv("HOME");
    return (home != nullptr ? fs::path(home) / ".cache" : fs::temp_directory_path()) / "mollify";
}

Data drawn(const DataOptions& config) {
    const DrawnOptions options{config.train, config.test, config.seed};
    const auto name = "drawn-" + std::to_string(options.train) + "-" + std::to_string(options.test) + "-" +
                      std::to_string(options.seed);
    const auto path = config.path.empty() ? cache_folder() / name : fs::path(config.path);
    ensure_drawn_cifar10(path, options);
    Data data;
    data.train = share(Cifar::cifar10(path, Split::train, {.official_size = false}));
    data.test = share(Cifar::cifar10(path, Split::test, {.official_size = false}));
    data.facts.emplace_back("files", path.string());
    return data;
}

Data cifar10(const DataOptions& config) {
    const auto path =
        folder(required_path(config, "the folder with CIFAR-10's binary files"), {"cifar-10-batches-bin"});
    Data data;
    data.train = share(Cifar::cifar10(path, Split::train));
    data.test = share(Cifar::cifar10(path, Split::test));
    return data;
}

Data cifar100(const DataOptions& config) {
    const auto path =
        folder(required_path(config, "the folder with CIFAR-100's binary files"), {"cifar-100-binary"});
    Data data;
    data.train = share(Cifar::cifar100(path, Split::train));
    data.test = share(Cifar::cifar100(path, Split::test));
    return data;
}

DecodeOptions square(const DataOptions& config, std::size_t crop) {
    return {.output = {3, config.image_size, config.image_size}, .crop = crop, .strict = config.strict};
}

/// A part of a data set of files, whose remarks go to all the others.
template <class Files>
std::shared_ptr<Files> with_remarks(Files files, Data& data) {
    data.remarks.insert(data.remarks.end(), files.remarks().begin(), files.remarks().end());
    return std::make_shared<Files>(std::move(files));
}

Data celeba(const DataOptions& config) {
    const auto path = required_path(config, "CelebA's folder").string();
    constexpr std::size_t kCrop = 148;  // of 178×218, the middle square
    Data data;
    const auto part = [&](Split split) {
        return with_remarks(CelebA({.folder = path, .split = split}), data);
    };
    data.train = part(Split::train);
    data.validation = part(Split::validation);
    data.test = part(Split::test);
    data.decode = square(config, kCrop);
    return data;
}

/// CelebA's lists say which image is for testing: a folder of images alone would train on them.
void remind_of_celeba(const fs::path& path, Data& data) {
    if (const auto whole = find_celeba(path.string()); !whole.empty()) {
        throw DataError(
            whole, "", "is CelebA, with the lists of its parts",
            "--set data.set=celeba keeps to them; to take all images as one part, name the folder with "
            "the images itself");
    }
    const auto named = (fs::absolute(path) / "").parent_path();  // without a slash at its end
    auto above = named;
    while (above.filename() == "img_align_celeba" || above.filename() == "Img") above = above.parent_path();
    if (above != named && !find_celeba(above.string()).empty()) {
        data.remarks.push_back(path.string() +
                               ": all images of CelebA as one part, its list of parts is not looked at "
                               "(--set data.set=celeba keeps to them)");
    }
}

Data images(const DataOptions& config) {
    const auto path = required_path(config, "a folder of JPEG or PNG files");
    Data data;
    remind_of_celeba(path, data);
    const auto open = [&](const std::string& folder) { return with_remarks(ImageFolder(folder), data); };
    if (const auto parts = find_image_parts(path.string())) {
        data.remarks.insert(data.remarks.end(), parts->remarks.begin(), parts->remarks.end());
        const auto train = open(parts->train);
        const auto beside = [&](const std::string& folder) -> DatasetPtr {
            if (folder.empty()) return nullptr;
            const auto part = open(folder);
            if (part->class_names() != train->class_names()) {
                data.remarks.push_back(folder + ": its classes are not those of " + parts->train +
                                       ", and their labels have no common meaning");
            }
            return part;
        };
        data.train = train;
        data.validation = beside(parts->validation);
        data.test = beside(parts->test);
    } else {
        data.train = open(path.string());
    }
    data.decode = square(config, 0);
    return data;
}

Data pack(const DataOptions& config) {
    const auto images =
        std::make_shared<PackDataset>(required_path(config, "an HDF5 file of images"), config.dataset);
    Data data;
    data.train = images;
    data.facts.emplace_back("stored as", images->storage());
    if (!images->passed_over().empty()) data.facts.emplace_back("passed over", images->passed_over());
    return data;
}

template <class Distribution>
Data synthetic(const DataOptions& config) {
    if (!config.path.empty())
        throw ConfigError("data.path: '" + config.set + "' is drawn, and reads no data");
    const Distribution distribution;
    Data data;
    data.train = share(synthesize(distribution, {config.train, config.seed, 0}));
    if (config.validation > 0) {
        data.validation = share(synthesize(distribution, {config.validation, config.seed, kValidationIds}));
    }
    if (config.test > 0) data.test = share(synthesize(distribution, {config.test, config.seed, kTestIds}));
    return data;
}

using Opener = std::function<Data(const DataOptions&)>;

const std::vector<std::pair<std::string, Opener>>& openers() {
    static const auto all = [] {
        std::vector<std::pair<std::string, Opener>> out;
        for (const auto& name : uci_names()) out.emplace_back("uci/" + name, uci);
        out.emplace_back("cifar10", cifar10);
        out.emplace_back("cifar100", cifar100);
        out.emplace_back("celeba", celeba);
        out.emplace_back("images", images);
        out.emplace_back("pack", pack);
        out.emplace_back("table", table);
        out.emplace_back("drawn", drawn);
        out.emplace_back("synthetic/gaussian-mixture", synthetic<GaussianMixture>);
        out.emplace_back("synthetic/von-mises", synthetic<VonMisesCircle>);
        return out;
    }();
    return all;
}

std::string size_of(const DatasetPtr& part) { return part ? std::to_string(part->size()) : "none"; }

}  // namespace

const std::vector<std::string>& data_set_names() {
    static const auto names = [] {
        std::vector<std::string> out;
        for (const auto& [name, opener] : openers()) out.push_back(name);
        return out;
    }();
    return names;
}

Data open_data(const DataOptions& config) {
    for (const auto& [name, opener] : openers()) {
        if (name != config.set) continue;
        auto data = opener(config);
        const auto format = data.train->format();
        data.name = data.train->name();
        data.shape = data.decode ? data.decode->output : format.shape;
        data.dequantize = config.dequantize;
        if (data.dequantize && format.content == Content::values) {
            throw ConfigError("data.dequantize: '" + config.set +
                              "' holds numbers already; it is for images");
        }
        data.facts.insert(data.facts.begin(),
                          {{"data set", data.name},
                           {"sample", to_string(data.shape) + ", stored as " + to_string(format.content)},
                           {"train", size_of(data.train)},
                           {"validation", size_of(data.validation)},
                           {"test", size_of(data.test)}});
        for (const auto& remark : data.remarks) spdlog::warn("{}", remark);
        return data;
    }
    throw ConfigError("data.set: " + unknown("value", config.set, data_set_names()));
}

Decode decoder(const Data& data, const DatasetPtr& part) {
    auto options = *data.decode;
    options.on_tolerated = [part, warnings = data.warnings](SampleId id, const std::string& problem) {
        warnings->add(part->origin(id), problem);
    };
    return Decode(options);
}

Recipe make_recipe(const Data& data, const DatasetPtr& part, const ChainOptions& options) {
    const auto mollified = [&](auto chain) {
        return options.mollifier ? (chain | *options.mollifier).recipe() : chain.recipe();
    };
    const auto from_bytes = [&](auto chain) {
        if (data.dequantize)
            return mollified(chain | Dequantize(options.seed) | Normalize::affine({2}, {-1}));
        return mollified(chain | Normalize::to_symmetric_range());
    };
    const auto flipped = [&](auto chain) {
        return options.flip ? from_bytes(chain | HorizontalFlip(options.seed)) : from_bytes(chain);
    };
    const auto source = from(part, options.pipeline);
    switch (part->format().content) {
        case Content::encoded:
            return flipped(source | decoder(data, part));
        case Content::bytes:
            return flipped(source);
        case Content::values:
            break;
    }
    return mollified(source);
}

Recipe clean_recipe(const Data& data, const DatasetPtr& part, std::size_t batch_size, std::size_t threads,
                    std::uint64_t seed) {
    ChainOptions options;
    options.pipeline.batch_size = batch_size;
    options.pipeline.shuffle = false;
    options.pipeline.drop_last = false;
    options.pipeline.threads = threads;
    options.seed = seed;
    return make_recipe(data, part, options);
}

}  // namespace mollify
