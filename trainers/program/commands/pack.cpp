#include <cstdio>
#include <filesystem>
#include <utility>

#include <spdlog/spdlog.h>

#include <mollify/datasets/hdf5/pack.hpp>
#include <mollify/datasets/images/cifar.hpp>
#include <mollify/datasets/images/image_folder.hpp>
#include <mollify/stages/decode/decode.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/trainers/program/commands/commands.hpp>
#include <mollify/trainers/program/data/data.hpp>

namespace mollify {
namespace {

struct Options {
    DataOptions data;
    std::string part = "train";
    std::string output;
    bool resized = false;
};

std::vector<std::string> class_names(const Dataset& dataset) {
    if (const auto* cifar = dynamic_cast<const Cifar*>(&dataset)) return cifar->class_names();
    if (const auto* folder = dynamic_cast<const ImageFolder*>(&dataset)) return folder->class_names();
    return {};
}

int run(const Options& options) {
    auto data_options = options.data;
    if (data_options.path.empty() && std::filesystem::is_directory(data_options.set)) {
        data_options.path = std::exchange(data_options.set, "images");
    }
    const auto data = open_data(data_options);
    for (const auto& remark : data.remarks) spdlog::warn("{}", remark);
    const auto part = options.part == "train"  ? data.train
                      : options.part == "test" ? data.test
                                               : data.validation;
    if (options.resized && !data.decode) {
        throw ConfigError("--image-size: the images of '" + data_options.set + "' have a size already");
    }
    if (!part) throw ConfigError("--part: '" + data_options.set + "' has no " + options.part + " part");
    PackOptions pack;
    pack.class_names = class_names(*part);
    if (data.decode) {
        pack.transform = decoder(data, part);
        pack.shape = data.decode->output;
    }
    write_pack(*part, options.output, pack);
    std::printf("%zu samples of %s in %s\n", part->size(), to_string(data.shape).c_str(),
                options.output.c_str());
    return 0;
}

}  // namespace

void add_pack(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("pack", "write a data set of images, decoded, into one HDF5 file");
    const auto options = std::make_shared<Options>();
    command
        ->add_option("dataset", options->data.set,
                     "name of a data set (cifar10, celeba, …), or a folder of JPEG and PNG files")
        ->required();
    command->add_option("--data", options->data.path, "the folder of a data set with a name");
    command->add_option("--part", options->part, "train, validation or test")
        ->check(CLI::IsMember({"train", "validation", "test"}));
    const auto* size = command->add_option("--image-size", options->data.image_size,
                                           "files of images: height and width after resizing");
    command->add_flag("--strict", options->data.strict,
                      "refuse image files with bytes without meaning, which are tolerated otherwise");
    command->add_option("--output", options->output, "FILE.h5")->required();
    command->callback([options, size, &action] {
        options->resized = size->count() > 0;
        action = [options] { return run(*options); };
    });
}

}  // namespace mollify
