#include <algorithm>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mollify/datasets/array_dataset.hpp>
#include <mollify/datasets/hdf5/pack.hpp>
#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/stages/kernel/philox.hpp>
#include <mollify/tests/datasets/hdf5/python.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;
using mollify::test::message_of;

namespace {

/// `count` images of random bytes with labels 0, 1, 2, …
ArrayDataset random_images(std::size_t count, const SampleShape& shape) {
    std::vector<std::uint8_t> bytes(count * shape.elements());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(philox4x32({static_cast<std::uint32_t>(i), 1, 2, 3}, {4, 5})[0]);
    }
    std::vector<Label> labels(count);
    for (std::size_t i = 0; i < count; ++i) labels[i] = static_cast<Label>(i);
    return {"random", shape, std::move(bytes), std::move(labels)};
}

/// All samples of a set in one batch.
std::vector<std::uint8_t> all_bytes(const Dataset& set) {
    Batch batch({.capacity = set.size(), .shape = set.format().shape, .bytes = true, .values = false});
    std::vector<SampleId> ids(set.size());
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = i;
    batch.admit(0, 0, ids);
    set.read(batch);
    return {batch.bytes().begin(), batch.bytes().end()};
}

std::size_t entries(const std::filesystem::path& folder) {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()));
}

/// Works until sample 30, then fails.
class Failing : public Dataset {
  public:
    std::size_t size() const override { return 100; }
    Format format() const override { return {Content::bytes, {3, 4, 4}}; }
    void read(Batch& batch, const RowLoop&) const override {
        if (batch.ids().back() >= 30) throw DataError("image_30.jpg", "", "is cut short", "");
        batch.set_content(Content::bytes);
    }
    std::string name() const override { return "failing"; }
    std::string origin(SampleId) const override { return ""; }
    std::string fingerprint() const override { return ""; }
};

}  // namespace

TEST_CASE("a pack gives back the bytes, labels and names that went into it, for every shape") {
    CHECK(rc::check([] {
        const SampleShape shape{*rc::gen::element<std::size_t>(1, 2, 3, 4),
                                *rc::gen::inRange<std::size_t>(1, 9), *rc::gen::inRange<std::size_t>(1, 40)};
        const auto set = random_images(*rc::gen::inRange<std::size_t>(1, 20), shape);
        const test::TemporaryFolder folder;
        write_pack(set, folder / "a.h5", {.batch_size = *rc::gen::inRange<std::size_t>(1, 30)});
        const PackDataset pack(folder / "a.h5");
        RC_ASSERT(pack.size() == set.size());
        RC_ASSERT(pack.format() == set.format());
        RC_ASSERT(all_bytes(pack) == all_bytes(set));
        RC_ASSERT(
            std::equal(pack.labels().begin(), pack.labels().end(), set.labels().begin(), set.labels().end()));
        RC_ASSERT(entries(folder.path()) == 1u);
    }));
}

TEST_CASE("a pack keeps names and attributes beside the images") {
    const test::TemporaryFolder folder;
    const auto set = random_images(2, {3, 4, 4});
    write_pack(
        set, folder / "a.h5",
        {.class_names = {"cat", "dog"}, .attribute_names = {"Bald", "Male"}, .attributes = {0, 1, 1, 0}});
    const PackDataset pack(folder / "a.h5");
    CHECK(pack.name() == "random");
    CHECK(pack.class_names() == std::vector<std::string>{"cat", "dog"});
    CHECK(pack.attribute_names() == std::vector<std::string>{"Bald", "Male"});
    CHECK(std::vector<std::uint8_t>(pack.attributes().begin(), pack.attributes().end()) ==
          std::vector<std::uint8_t>{0, 1, 1, 0});
    CHECK(pack.source_ids()[1] == 1);
    CHECK(pack.origin(1) == (folder / "a.h5").string() + ", data set 'images', record 1");
    write_pack(random_images(3, {3, 4, 4}), folder / "b.h5");
    CHECK(PackDataset(folder / "b.h5").fingerprint() != pack.fingerprint());
    write_pack(set, folder / "b.h5");  // over the one before
    CHECK(PackDataset(folder / "b.h5").fingerprint() == pack.fingerprint());
}

TEST_CASE("a pack keeps any number of class names, as an attribute or else as a data set") {
    const test::TemporaryFolder folder;
    for (const std::size_t count : {4000, 4001, 50'000}) {
        CAPTURE(count);
        PackOptions options;
        for (std::size_t i = 0; i < count; ++i) options.class_names.push_back("class " + std::to_string(i));
        write_pack(random_images(2, {3, 4, 4}), folder / "a.h5", options);
        CHECK(PackDataset(folder / "a.h5").class_names() == options.class_names);
    }
    if (!test::have_h5py()) return;
    CHECK(test::run_python(folder, R"(
with h5py.File("a.h5") as f: print(f["class_names"].shape, f["class_names"].asstr()[4711])
)") == "(50000,) class 4711\n");
}

TEST_CASE("more names of attributes than a pack holds are refused before any work") {
    const test::TemporaryFolder folder;
    CHECK(message_of<ConfigError>([&] {
              write_pack(random_images(2, {1, 1, 1}), folder / "a.h5",
                         {.attribute_names = std::vector<std::string>(4001, "a"),
                          .attributes = std::vector<std::uint8_t>(2 * 4001)});
          }) == "4001 attributes: a pack names at most 4000");
    CHECK(entries(folder.path()) == 0);
}

TEST_CASE("h5py reads a pack in three lines") {
    if (!test::have_h5py()) return;
    const test::TemporaryFolder folder;
    const auto set = random_images(5, {3, 6, 7});
    write_pack(set, folder / "set.h5", {.class_names = {"a", "b"}});
    const auto output = test::run_python(folder, R"(
with h5py.File("set.h5") as f:
    image, label = f["images"][3], f["labels"][3]
    images = f["images"][:]
print(image.shape, image.dtype, label, hash(images.transpose(0, 3, 1, 2)))
with h5py.File("set.h5") as f:
    print(f["labels"].dtype, f["ids"].dtype, list(f["ids"]), f.attrs["source"], list(f.attrs["class_names"]), f.attrs["mollify_pack"])
)");
    Fingerprint print;
    const auto bytes = all_bytes(set);
    print.add(bytes.data(), bytes.size());
    CHECK(output ==
          "(6, 7, 3) uint8 3 " + print.hex() + "\nint32 uint64 [0, 1, 2, 3, 4] random ['a', 'b'] 1\n");
}

TEST_CASE("files that h5py writes are read, with a user block and without labels too") {
    if (!test::have_h5py()) return;
    const test::TemporaryFolder folder;
    const auto output = test::run_python(folder, R"(
images = np.random.default_rng(1).integers(0, 256, (7, 5, 6, 3), np.uint8)
with h5py.File("plain.h5", "w") as f: f["images"] = images
with h5py.File("block.h5", "w", userblock_size=512) as f:
    f["labels"] = np.arange(7, dtype='>i8') - 1
    f["images"] = images
print(hash(images.transpose(0, 3, 1, 2)))
)");
    for (const char* const name : {"plain.h5", "block.h5"}) {
        CAPTURE(name);
        const PackDataset pack(folder / name);
        CHECK(pack.format() == Format{Content::bytes, {3, 5, 6}});
        Fingerprint print;
        const auto bytes = all_bytes(pack);
        print.add(bytes.data(), bytes.size());
        CHECK(print.hex() + "\n" == output);
        CHECK(pack.fingerprint().size() == 16);
    }
    CHECK(PackDataset(folder / "plain.h5").name() == "plain");
    CHECK(PackDataset(folder / "plain.h5").labels().empty());
    CHECK(PackDataset(folder / "block.h5").labels()[0] == kNoLabel);
    CHECK(PackDataset(folder / "block.h5").labels()[6] == 5);
}

TEST_CASE("a file that is no pack is refused, with file, data set and reason") {
    if (!test::have_h5py()) return;
    const test::TemporaryFolder folder;
    test::run_python(folder, R"(
images = np.zeros((4, 8, 8, 3), np.uint8)
def write(name, **sets):
    with h5py.File(name + '.h5', 'w') as f:
        for key, value in sets.items(): f[key] = value
write('missing', pictures=images)
write('flat', images=images.reshape(4, -1))
write('float', images=images.astype('f4'))
write('signed', images=images.astype('i1'))
write('empty', images=images[:0])
write('few_labels', images=images, labels=np.zeros(3, int))
write('float_labels', images=images, labels=np.zeros(4))
write('large_label', images=images, labels=np.array([0, 1, 2**40, 3]))
write('negative_label', images=images, labels=np.array([0, -2, 0, 3]))
write('few_attributes', images=images, attributes=np.zeros((2, 3), np.uint8))
write('large_attribute', images=images, attributes=np.array([[0, 1], [0, 255], [256, 0], [0, 0]]))
write('negative_attribute', images=images, attributes=np.array([[0], [-1], [1], [1]], np.int8))
write('negative_id', images=images, ids=np.array([0, 1, 2, -3]))
write('large_id', images=images, ids=np.array([0, 2**64 - 1, 2, 3], np.uint64))
with h5py.File('chunked.h5', 'w') as f: f.create_dataset('images', data=images, compression='gzip')
with h5py.File('unwritten.h5', 'w') as f: f.create_dataset('images', (4, 8, 8, 3), 'u1')
with h5py.File('group.h5', 'w') as f: f.create_group('images')
write('cut', images=np.ones((100, 8, 8, 3), np.uint8))
data = open('cut.h5', 'rb').read(); open('cut.h5', 'wb').write(data[:-100])
)");
    const auto error = [&](const std::string& name) {
        auto message = message_of([&] { PackDataset(folder / (name + ".h5")); });
        CHECK(message.starts_with((folder / (name + ".h5")).string() + ": "));
        return message;
    };
    const auto names = [](const std::string& message, const char* what) {
        CAPTURE(message);
        CHECK(message.find(what) != std::string::npos);
    };
    names(error("missing"), "data set 'images': is missing from the file, or damaged (it holds pictures)");
    names(error("flat"), "data set 'images': has shape (4, 192), not N×H×W×C");
    names(error("float"), "data set 'images': holds float32 (write uint8 images)");
    names(error("signed"), "data set 'images': holds int8");
    names(error("empty"), "data set 'images': has shape (0, 8, 8, 3)");
    names(error("few_labels"), "data set 'labels': has shape (3) beside 4 images");
    names(error("float_labels"), "data set 'labels': holds float64 (write integers)");
    names(error("large_label"), "data set 'labels', record 2: the label 1099511627776 is out of range");
    names(error("negative_label"), "data set 'labels', record 1: the label -2 is out of range");
    names(error("few_attributes"), "data set 'attributes': has shape (2, 3) beside 4 images");
    names(error("large_attribute"), "data set 'attributes', record 2: the attribute 256 is out of range");
    names(error("negative_attribute"), "data set 'attributes', record 1: the attribute -1 is out of range");
    names(error("negative_id"), "data set 'ids', record 3: the id -3 is out of range");
    names(error("large_id"), "data set 'ids', record 1: the id 9223372036854775807 is out of range");
    names(error("chunked"), "is not stored in one piece (convert it: h5repack");
    names(error("unwritten"), "data set 'images': was never written");
    names(error("group"), "data set 'images'");
    names(error("cut"), "HDF5 says: truncated file");
    names(error("nowhere"), "No such file or directory");
    folder.write("text.h5", "hello");
    names(error("text"), "is not an HDF5 file");
}

TEST_CASE("a pack is read by several threads at once") {
    const test::TemporaryFolder folder;
    const auto set = random_images(64, {3, 32, 32});
    write_pack(set, folder / "a.h5");
    const PackDataset pack(folder / "a.h5");
    const auto expected = all_bytes(set);
    std::vector<int> equal(4);
    std::vector<std::thread> threads;
    for (int& result : equal) {
        threads.emplace_back([&] {
            result = 1;
            for (int i = 0; i < 20; ++i) result &= all_bytes(pack) == expected;
            result &= PackDataset(folder / "a.h5").size() == 64;  // opening is safe too
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(equal == std::vector<int>{1, 1, 1, 1});
}

TEST_CASE("a transform makes the bytes that are packed") {
    const test::TemporaryFolder folder;
    const ArrayDataset values("values", SampleShape{1, 2, 2}, std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7});
    CHECK(message_of<ConfigError>([&] {
              write_pack(values, folder / "a.h5");
          }).find("data set 'values' delivers values: give a transform") != std::string::npos);
    write_pack(values, folder / "a.h5",
               {.transform =
                    [](Batch& batch) {
                        std::ranges::transform(batch.values(), batch.bytes().begin(), [](float value) {
                            return static_cast<std::uint8_t>(10 * value);
                        });
                        batch.set_content(Content::bytes);
                    },
                .shape = {1, 2, 2}});
    CHECK(all_bytes(PackDataset(folder / "a.h5")) ==
          std::vector<std::uint8_t>{0, 10, 20, 30, 40, 50, 60, 70});
}

TEST_CASE("a failure while packing passes on, leaves nothing behind, and keeps the file that was there") {
    const test::TemporaryFolder folder;
    folder.write("a.h5", "the one before");
    CHECK(message_of([&] { write_pack(Failing(), folder / "a.h5", {.batch_size = 16}); }) ==
          "image_30.jpg: is cut short");
    CHECK(entries(folder.path()) == 1);
    CHECK(test::content_of(folder / "a.h5") == "the one before");
    CHECK(message_of([&] {
              write_pack(Failing(), folder / "none" / "a.h5");
          }).find("cannot create the file") != std::string::npos);
    CHECK_THROWS_AS(write_pack(random_images(2, {1, 1, 1}), folder / "b.h5", {.batch_size = 0}), ConfigError);
    CHECK_THROWS_AS(write_pack(random_images(2, {1, 1, 1}), folder / "b.h5", {.attribute_names = {"a"}}),
                    ConfigError);
    CHECK(entries(folder.path()) == 1);
}

TEST_CASE("a file system that does not take the pack is a typed error that leaves nothing behind") {
    const test::TemporaryFolder folder;
    const auto set = random_images(200, {3, 32, 32});
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limits{100'000, 100'000};
        ::setrlimit(RLIMIT_FSIZE, &limits);
        const auto message = message_of([&] { write_pack(set, folder / "a.h5"); });
        ::_exit(message.find("a.h5: cannot reserve room for the file: File too large") != std::string::npos
                    ? 0
                    : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    CHECK(entries(folder.path()) == 0);
}

TEST_CASE("a sample that the transform refuses is named with where it comes from") {
    const test::TemporaryFolder folder;
    const auto set = random_images(9, {1, 2, 2});
    const PackOptions options{.batch_size = 4,
                              .transform =
                                  [](Batch& batch) {
                                      if (batch.ids()[0] == 4) throw SampleError(6, "a WebP image");
                                  },
                              .shape = {1, 2, 2}};
    CHECK(message_of([&] { write_pack(set, folder / "a.h5", options); }) ==
          set.origin(6) + ": sample 6: a WebP image");
    CHECK(std::filesystem::is_empty(folder.path()));
}
