#pragma once
/// \file From the name of a data set to its parts, and to the chain that makes their batches.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mollify/datasets/dataset.hpp>
#include <mollify/pipeline/recipe.hpp>
#include <mollify/stages/decode/decode.hpp>
#include <mollify/stages/mollifier.hpp>
#include <mollify/trainers/program/data/decode_warnings.hpp>
#include <mollify/trainers/program/data/table_options.hpp>

namespace mollify {

/// The names that data.set knows: uci/…, cifar10, cifar100, celeba, images, pack, table, drawn, synthetic/….
const std::vector<std::string>& data_set_names();

struct DataOptions {
    std::string set = "synthetic/gaussian-mixture";  ///< a name of data_set_names()
    std::string path;                  ///< file or folder of the data set's files; built-in sets need none
    std::uint64_t train = 10'000;      ///< built-in sets: samples to train on
    std::uint64_t validation = 2'000;  ///< synthetic sets: samples to select by
    std::uint64_t test = 10'000;       ///< built-in sets: samples to test on
    std::uint64_t seed = 0;            ///< built-in sets: of the samples themselves, the same for all runs
    TableOptions table;                ///< own tables: how they are read
    std::string dataset;            ///< HDF5 files: name of the data set in it; empty: the only one that fits
    bool dequantize = false;        ///< images: bytes to a density, see Dequantize
    std::uint64_t image_size = 32;  ///< image folders: height and width that images are brought to
    bool strict = false;            ///< image files: see DecodeOptions::strict
};

/// A data set with its parts. Validation and test are null where there is none.
struct Data {
    std::string name;
    DatasetPtr train;
    DatasetPtr validation;
    DatasetPtr test;
    std::optional<DecodeOptions> decode;                                            ///< for encoded samples
    std::shared_ptr<DecodeWarnings> warnings = std::make_shared<DecodeWarnings>();  ///< of all their decoders
    SampleShape shape;  ///< of a sample as the model sees it
    bool dequantize = false;
    std::vector<std::pair<std::string, std::string>> facts;  ///< for people: what, and its value
    std::vector<std::string> remarks;  ///< for people: what was passed over or guessed, one line each
};

/// Width of one of the 256 grey levels of images as make_recipe() delivers them, in [-1, 1).
constexpr double kGreyLevel = 1.0 / 128;

/// Throws ConfigError for a set that needs a path and has none, DataError for files that cannot be used.
/// A path to the folder above the usual one ("uci", "cifar-10-batches-bin") is good too. Logs the remarks.
Data open_data(const DataOptions& config);

/// The stage that decodes the encoded samples of a part, and tells data.warnings what it tolerates.
Decode decoder(const Data& data, const DatasetPtr& part);

struct ChainOptions {
    PipelineOptions pipeline;
    std::optional<Mollifier> mollifier;  ///< none: clean batches
    bool flip = false;
    std::uint64_t seed = 0;  ///< of dequantization and flips
};

/// read | decode | flip | dequantize or normalize | mollify, as far as `part` of `data` and the options ask for
/// it. Images arrive in [-1, 1], tables as they are.
Recipe make_recipe(const Data& data, const DatasetPtr& part, const ChainOptions& options);

/// Clean batches of a part in its own order, to evaluate on. \param threads that make them \param seed of
/// dequantization
Recipe clean_recipe(const Data& data, const DatasetPtr& part, std::size_t batch_size, std::size_t threads,
                    std::uint64_t seed);

}  // namespace mollify
