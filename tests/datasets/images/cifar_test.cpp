#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/datasets/images/cifar.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;
using mollify::test::message_of;

namespace {

constexpr CifarOptions kAnySize{.official_size = false};

/// A record whose pixel k is (first + k) mod 251.
std::string record(const std::string& labels, unsigned first) {
    std::string text = labels;
    for (unsigned k = 0; k < 3072; ++k) text += static_cast<char>((first + k) % 251);
    return text;
}

std::string label(int value) { return std::string(1, static_cast<char>(value)); }

/// Five small training files, file i holding i records (labels 0, 1, …), and a test file of one.
void write_cifar10(const test::TemporaryFolder& folder) {
    int number = 0;
    for (int file = 1; file <= 5; ++file) {
        std::string text;
        for (int i = 0; i < file; ++i, ++number)
            text += record(label(number % 10), static_cast<unsigned>(number));
        folder.write("data_batch_" + std::to_string(file) + ".bin", text);
    }
    folder.write("test_batch.bin", record(label(9), 77));
}

std::string error_of(const test::TemporaryFolder& folder, const CifarOptions& options = kAnySize) {
    return message_of([&] { Cifar::cifar10(folder.path(), Split::test, options); });
}

}  // namespace

TEST_CASE("CIFAR-10 records arrive whole, with their labels, in any order and across files") {
    const test::TemporaryFolder folder;
    write_cifar10(folder);
    folder.write("batches.meta.txt", "airplane\nautomobile\n\n");
    const auto cifar = Cifar::cifar10(folder.path(), Split::train, kAnySize);
    CHECK(cifar.size() == 15);
    CHECK(cifar.name() == "cifar10");
    CHECK(cifar.format() == Format{Content::bytes, {3, 32, 32}});
    CHECK(cifar.class_names() == std::vector<std::string>{"airplane", "automobile"});
    Batch batch({.capacity = 15, .shape = {3, 32, 32}, .bytes = true, .values = false});
    std::vector<SampleId> ids(15);
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = (i * 7 + 3) % 15;
    batch.admit(0, 0, ids);
    cifar.read(batch);
    CHECK(batch.content() == Content::bytes);
    for (std::size_t row = 0; row < ids.size(); ++row) {
        CAPTURE(row);
        CHECK(batch.labels()[row] == static_cast<Label>(ids[row] % 10));
        bool equal = true;
        for (std::size_t k = 0; k < 3072; ++k)
            equal = equal && batch.bytes_to_read(row)[k] == (ids[row] + k) % 251;
        CHECK(equal);
    }
    const auto* const in_file = batch.bytes_to_read(0).data();
    CHECK(batch.bytes(0).data() != in_file);
    CHECK(std::equal(in_file, in_file + 3072, batch.bytes(0).begin()));
    CHECK(cifar.origin(0) == (folder / "data_batch_1.bin").string() + ", record 0");
    CHECK(cifar.origin(14) == (folder / "data_batch_5.bin").string() + ", record 4");
}

TEST_CASE("CIFAR-100 delivers fine or coarse labels") {
    const test::TemporaryFolder folder;
    folder.write("train.bin", record(label(19) + label(99), 1) + record(label(3) + label(42), 2));
    folder.write("fine_label_names.txt", "apple\r\naquarium_fish\r\n");
    const auto labels = [&](bool coarse) {
        const auto cifar =
            Cifar::cifar100(folder.path(), Split::train, {.official_size = false, .coarse_labels = coarse});
        Batch batch({.capacity = 2, .shape = {3, 32, 32}, .bytes = true, .values = false});
        batch.admit(0, 0, std::vector<SampleId>{0, 1});
        cifar.read(batch);
        CHECK(batch.bytes(1)[0] == 2);
        return std::vector<Label>(batch.labels().begin(), batch.labels().end());
    };
    CHECK(labels(false) == std::vector<Label>{99, 42});
    CHECK(labels(true) == std::vector<Label>{19, 3});
    CHECK(Cifar::cifar100(folder.path(), Split::train, {.official_size = false, .coarse_labels = true})
              .fingerprint() != Cifar::cifar100(folder.path(), Split::train, kAnySize).fingerprint());
    CHECK(Cifar::cifar100(folder.path(), Split::train, kAnySize).class_names() ==
          std::vector<std::string>{"apple", "aquarium_fish"});
}

TEST_CASE("a CIFAR file that is cut short or too long is refused with both sizes and the byte") {
    const test::TemporaryFolder folder;
    folder.write("test_batch.bin", record(label(1), 0).substr(0, 3000));
    CHECK(error_of(folder) ==
          (folder / "test_batch.bin").string() +
              ": byte 3000: is cut short: has 3000 bytes, not a multiple of 3073 (copy or "
              "download it again)");
    folder.write("test_batch.bin", record(label(1), 0) + "x");
    CHECK(error_of(folder).find("byte 3073: is cut short: has 3074 bytes, not a multiple of 3073") !=
          std::string::npos);
    CHECK(error_of(folder, {}).find("is cut short: has 3074 bytes, must have 30730000") != std::string::npos);
    std::string many;
    for (int i = 0; i < 10'001; ++i) many.append(3073, '\0');
    folder.write("test_batch.bin", many);
    CHECK(error_of(folder, {}).find("byte 30730000: is too long: has 30733073 bytes, must have 30730000") !=
          std::string::npos);
    folder.write("test_batch.bin", many.substr(3073));
    CHECK(error_of(folder, {}) == "(nothing thrown)");
    folder.write("test_batch.bin", "");
    CHECK(error_of(folder).find("test_batch.bin: the file is empty") != std::string::npos);
}

TEST_CASE("a CIFAR label out of range is named with record, byte and value") {
    const test::TemporaryFolder folder;
    folder.write("test_batch.bin", record(label(9), 0) + record(label(10), 0));
    CHECK(error_of(folder).find("test_batch.bin: record 1, byte 3073: the label 10 is not below 10") !=
          std::string::npos);
    folder.write("test.bin", record(label(20) + label(0), 0));
    CHECK(message_of([&] {
              Cifar::cifar100(folder.path(), Split::test, kAnySize);
          }).find("test.bin: record 0, byte 0: the coarse label 20 is not below 20") != std::string::npos);
    folder.write("test.bin", record(label(0) + label(0), 0) + record(label(0) + label(100), 0));
    CHECK(message_of([&] {
              Cifar::cifar100(folder.path(), Split::test, kAnySize);
          }).find("test.bin: record 1, byte 3075: the label 100 is not below 100") != std::string::npos);
}

TEST_CASE("another version of CIFAR, or an archive of it, is named with what to do") {
    const auto refused = [](const std::filesystem::path& folder, bool ten = true) {
        return message_of(
            [&] { ten ? Cifar::cifar10(folder, Split::train) : Cifar::cifar100(folder, Split::train); });
    };
    const std::string take = "take the binary version: unpack cifar-10-binary.tar.gz from https://";
    const std::filesystem::path given = MOLLIFY_SOURCE_DIR "/tests/golden/cases/F01-python-version";
    CHECK(refused(given).find("cifar-10-batches-py: is the Python version") != std::string::npos);
    CHECK(refused(given).find(take) != std::string::npos);
    CHECK(refused(given / "cifar-10-batches-py").find("data_batch_1: is the Python version") !=
          std::string::npos);

    const test::TemporaryFolder folder;
    folder.write("cifar-10-matlab.tar.gz", "x");
    CHECK(refused(folder.path()).find("is the Matlab version, packed") != std::string::npos);
    folder.write("cifar-10-binary.tar.gz", "x");
    CHECK(refused(folder.path())
              .find("the binary version, still packed, not what is read here (unpack it: tar xzf " +
                    (folder / "cifar-10-binary.tar.gz").string() + " -C ") != std::string::npos);
    CHECK(refused(folder / "cifar-10-binary.tar.gz").find("is an archive, not a folder") !=
          std::string::npos);

    const test::TemporaryFolder hundred;
    hundred.write("test.bin", "x");
    CHECK(refused(hundred.path())
              .find("is CIFAR-100, not what is read here (choose that data set: --set "
                    "data.set=cifar100)") != std::string::npos);
    hundred.write("train", "x");
    CHECK(refused(hundred.path(), false).find("train: is the Python version") != std::string::npos);
    std::filesystem::remove(hundred / "train");
    hundred.write("train/apple/1.png", "x");
    CHECK(refused(hundred.path(), false).find("--set data.set=images") != std::string::npos);
}

TEST_CASE("a missing CIFAR folder or file is named") {
    const test::TemporaryFolder folder;
    CHECK(error_of(folder).find("test_batch.bin: cannot open the file: No such file or directory") !=
          std::string::npos);
    CHECK(message_of([&] {
              Cifar::cifar10(folder / "none", Split::train);
          }).find("none: is not a folder (give the folder that holds data_batch_1.bin)") !=
          std::string::npos);
    std::filesystem::create_symlink("loop", folder / "loop");  // cannot even be looked at
    CHECK_THROWS_AS(Cifar::cifar10(folder / "loop", Split::train), DataError);
    CHECK_THROWS_AS(Cifar::cifar10(folder.path(), Split::validation), ConfigError);
}

TEST_CASE("a batch without room for the images, or an id beyond them, is refused") {
    const test::TemporaryFolder folder;
    write_cifar10(folder);
    const auto cifar = Cifar::cifar10(folder.path(), Split::test, kAnySize);
    Batch values({.capacity = 1, .shape = {3, 32, 32}});
    values.admit(0, 0, std::vector<SampleId>{0});
    CHECK_THROWS_AS(cifar.read(values), ConfigError);
    Batch small({.capacity = 1, .shape = {3, 8, 8}, .bytes = true});
    small.admit(0, 0, std::vector<SampleId>{0});
    CHECK_THROWS_AS(cifar.read(small), ConfigError);
    Batch right({.capacity = 1, .shape = {3, 32, 32}, .bytes = true});
    right.admit(0, 0, std::vector<SampleId>{1});
    CHECK(message_of([&] { cifar.read(right); }).find("sample 1: the data set has only 1 samples") !=
          std::string::npos);
}

TEST_CASE("the fingerprint changes with any byte") {
    const test::TemporaryFolder folder;
    write_cifar10(folder);
    const auto before = Cifar::cifar10(folder.path(), Split::test, kAnySize).fingerprint();
    CHECK(before == Cifar::cifar10(folder.path(), Split::test, kAnySize).fingerprint());
    auto text = test::content_of(folder / "test_batch.bin");
    text.back() ^= 1;
    folder.write("test_batch.bin", text);
    CHECK(before != Cifar::cifar10(folder.path(), Split::test, kAnySize).fingerprint());
}
