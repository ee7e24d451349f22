#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>

#include <mollify/tests/support/temporary_folder.hpp>
#include <mollify/trainers/program/config/config_text.hpp>
#include <mollify/trainers/program/config/history.hpp>
#include <mollify/trainers/program/run/run_folder.hpp>

using namespace mollify;

namespace {

/// A config.toml as runs were given it when every model had all keys of all models.
std::string old_config(const std::string& data_set, const std::string& kind) {
    return "# resolved from somewhere\n[data]\nset = '" + data_set +
           R"('                       # name of a data set
path = ''                           # its file or folder; built-in sets need none
dataset = ''                        # name of the table in an HDF5 file; empty: the only one
train = 64                          # built-in sets: samples to train on
validation = 2000                   # synthetic sets: samples to select by
test = 32                           # built-in sets: samples to test on
seed = 0                            # built-in sets: of the samples themselves
image_size = 32                     # image folders: height and width after resizing
dequantize = false                  # images: fill each grey level with uniform noise

[pipeline]
batch_size = 32                     # samples per iteration
shuffle = true                      # a new order in each epoch
drop_last = true                    # leave out the incomplete batch at an epoch's end
flip = false                        # images: mirror half of them
in_flight = 0                       # batches in memory at most; 0: by the threads

[mollification]
kind = 'gaussian'                   # gaussian, or none: the vanilla training
curve = 'sigmoid'                   # sigmoid, cosine, linear, constant or step
clock = 'iteration'                 # what the schedule counts: iteration or epoch
fraction = 0.6                      # part of the training that is mollified, in (0, 1]
duration = 0                        # the same in ticks of the clock; 0: by fraction
# start = the curve's own           # sigmoid and cosine: where the curve begins
# end = the curve's own             # sigmoid and cosine: where it ends
tau = 0.30000000000000004           # sigmoid and cosine: smaller falls faster
clip_min = 1e-09                    # least noise level before the end
level = 0.5                         # constant: the noise level
steps = 12                          # step: number of treads

[model]
kind = ')" +
           kind + R"('                       # maf, realnvp or glow
hidden = 4                          # width of the inner networks
blocks = 5                          # tables: number of blocks
levels = 3                          # images: number of scales
steps = 1                           # images: steps of flow per scale

[optimizer]
kind = 'adamax'                     # adam or adamax
learning_rate = 0.002
beta1 = 0.9                         # decay of the mean gradient
beta2 = 0.999                       # decay of its magnitude
epsilon = 1e-08
weight_decay = 1e-05                # coupled (L2)

[training]
seed = 9223372036854775807          # of parameters, order and noise
device = 'auto'                     # auto, cpu or cuda
epochs = 0                          # length of the training; either this
iterations = 2                      # or this
log_every = 10                      # iterations between two lines of metrics.jsonl
checkpoint_seconds = 60.0           # between two checkpoints; 0: after every iteration
snapshots = [1, 2]                  # iterations after which the model is kept for good

[evaluation]
every_epochs = 0                    # epochs between two evaluations; 0: not by epochs
every_iterations = 2                # iterations between two evaluations; 0: not by iterations
batch_size = 250                    # samples evaluated at once
limit = 500                         # samples of each part that are looked at; 0: all
samples = 64                        # drawn for the picture at the end of a run

[threads]
total = 1                           # that this process may use; 0: all processors it may run on
math = 0                            # of LibTorch; 0: the default split
pipeline = 0                        # that make batches; 0: the default split
)";
}

Config opened(const std::string& config_toml) {
    const test::TemporaryFolder folder;
    folder.write("config.toml", config_toml);
    return RunFolder::open(folder.path()).config();
}

}  // namespace

TEST_CASE("an old run of a table is opened with the values that it had") {
    for (const std::string set : {"uci/redwine", "table", "synthetic/von-mises"}) {
        for (const std::string kind : {"maf", "realnvp", "glow"}) {
            const auto config = opened(old_config(set, kind));
            CHECK(config.model == ModelOptions{kind, {{"hidden", 4}}});  // blocks were the default
            CHECK(config.data.set == set);
        }
    }
}

TEST_CASE("an old run of images is opened as an image-glow, and all of its other values as they were") {
    for (const std::string set : {"drawn", "cifar10", "celeba", "images", "pack"}) {
        const auto config = opened(old_config(set, "glow"));
        CHECK(config.model == ModelOptions{"image-glow", {{"hidden", 4}, {"depth", 1}}});
        CHECK(config.mollification.schedule.treads == 12);
        CHECK(config.mollification.schedule.tau == 0.30000000000000004);
        CHECK(config.mollification.schedule.clip_min == 1e-9);
        CHECK(config.training.seed == kLargestSeed);
        CHECK((config.training.snapshots == std::vector<std::uint64_t>{1, 2}));
        CHECK(config.optimizer.weight_decay == 1e-5);
        CHECK(config.evaluation.limit == 500);
    }
}

TEST_CASE("what needs no upgrade stays as it is, to the byte") {
    const auto text = to_toml(opened(old_config("drawn", "glow")));
    CHECK(upgrade(text) == text);
    CHECK(upgrade("no = = toml") == "no = = toml");
}

TEST_CASE("keys that were renamed are known") {
    CHECK(renamed_key("model.steps") == "model.depth");
    CHECK(renamed_key("mollification.steps") == "mollification.treads");
    CHECK_FALSE(renamed_key("training.steps"));
}
