#include <cstdio>
#include <filesystem>

#include <mollify/datasets/hdf5/contents.hpp>
#include <mollify/datasets/hdf5/pack.hpp>
#include <mollify/datasets/images/celeba.hpp>
#include <mollify/datasets/images/cifar.hpp>
#include <mollify/datasets/images/image_folder.hpp>
#include <mollify/pipeline/chain.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/trainers/program/commands/commands.hpp>
#include <mollify/trainers/program/config/config_text.hpp>
#include <mollify/trainers/program/data/data.hpp>

namespace mollify {
namespace {

struct Options {
    std::string set;
    std::string data;
    std::vector<std::string> settings;
    std::string part = "train";
    std::uint64_t image_size = 0;  // 0: not given
    std::string output;
    bool strict = false;
};

/// A name, or a path that is known by what is there.
DataOptions data_options(const Options& options) {
    auto [config, problems] = resolve_config({"own/images", "", options.settings});
    if (!problems.empty()) throw ConfigError(std::move(problems));
    DataOptions& data = config.data;
    data.set = options.set;
    if (!options.data.empty()) data.path = options.data;
    if (options.image_size > 0) data.image_size = options.image_size;
    if (options.strict) data.strict = true;
    if (!data.path.empty()) return data;
    if (std::filesystem::is_directory(options.set)) {
        data.set = "images";
        data.path = options.set;
    } else if (is_hdf5(options.set)) {
        data.set = "pack";
        data.path = options.set;
    }
    return data;
}

std::vector<std::uint8_t> attributes_of(const CelebA& celeba) {
    std::vector<std::uint8_t> values;
    values.reserve(celeba.size() * celeba.attribute_names().size());
    for (SampleId id = 0; id < celeba.size(); ++id) {
        for (std::size_t k = 0; k < celeba.attribute_names().size(); ++k) {
            values.push_back(static_cast<std::uint8_t>(celeba.attributes(id) >> k & 1));
        }
    }
    return values;
}

/// What the data set knows beside images and labels.
PackNotes notes_of(const Dataset& dataset) {
    if (const auto* cifar = dynamic_cast<const Cifar*>(&dataset))
        return {.class_names = cifar->class_names()};
    if (const auto* folder = dynamic_cast<const ImageFolder*>(&dataset))
        return {.class_names = folder->class_names()};
    if (const auto* celeba = dynamic_cast<const CelebA*>(&dataset))
        return {.attribute_names = celeba->attribute_names(), .attributes = attributes_of(*celeba)};
    if (const auto* pack = dynamic_cast<const PackDataset*>(&dataset)) return pack->notes();
    return {};
}

/// "; with 10 class names and 40 attributes; not kept: extra (60) float64", as far as there are such.
std::string kept(const Dataset& dataset, const PackNotes& notes) {
    const std::size_t attributes = notes.attributes.size() / dataset.size();
    std::string text;
    if (!notes.class_names.empty())
        text += "; with " + std::to_string(notes.class_names.size()) + " class names";
    if (attributes > 0) text += "; with " + std::to_string(attributes) + " attributes";
    const auto* pack = dynamic_cast<const PackDataset*>(&dataset);
    if (pack != nullptr && !pack->passed_over().empty()) text += "; not kept: " + pack->passed_over();
    return text;
}

int run(const Options& options) {
    const auto data = open_data(data_options(options));
    const auto part = options.part == "train"  ? data.train
                      : options.part == "test" ? data.test
                                               : data.validation;
    const bool encoded = data.train->format().content == Content::encoded;
    if (data.train->format().content == Content::values)
        throw ConfigError("'" + options.set + "' holds numbers; packs are of images");
    if (options.image_size > 0 && !encoded)
        throw ConfigError("--image-size: the images of '" + options.set + "' have a size already");
    if (!part) throw ConfigError("--part: '" + options.set + "' has no " + options.part + " part");

    const PipelineOptions order{.batch_size = 64, .shuffle = false, .drop_last = false};
    const auto source = from(part, order);
    const Recipe recipe = encoded ? (source | decoder(data, part)).recipe() : source.recipe();
    const auto notes = notes_of(*part);
    PackWriter writer(options.output, part->size(), data.shape, part->name(), notes);
    for (const Batch& batch :
         BatchRange(recipe, 0, (part->size() + order.batch_size - 1) / order.batch_size)) {
        writer.append(batch);
    }
    writer.commit(part->fingerprint());
    std::printf("%zu samples of %s in %s%s\n", part->size(), to_string(data.shape).c_str(),
                options.output.c_str(), kept(*part, notes).c_str());
    return 0;
}

}  // namespace

void add_pack(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("pack", "write a data set of images, decoded, into one HDF5 file");
    const auto options = std::make_shared<Options>();
    command
        ->add_option(
            "dataset", options->set,
            "name of a data set (cifar10, celeba, …), a folder of JPEG and PNG files, or an HDF5 file "
            "of images")
        ->required();
    command->add_option("--data", options->data, "the file or folder of a data set with a name");
    add_settings(*command, options->settings, "data.key=value, any key of the data");
    command->add_option("--part", options->part, "train, validation or test")
        ->check(CLI::IsMember({"train", "validation", "test"}));
    command
        ->add_option("--image-size", options->image_size, "files of images: height and width after resizing")
        ->check(CLI::PositiveNumber);
    command->add_flag("--strict", options->strict,
                      "refuse image files with bytes without meaning, which are tolerated otherwise");
    command->add_option("--output", options->output, "FILE.h5")->required();
    command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace mollify
