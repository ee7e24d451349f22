#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <mollify/datasets/images/drawn_images.hpp>
#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

using namespace mollify;
using mollify::test::message_of;

namespace {

constexpr std::size_t kImage = CifarLayout::kShape.elements();
using Image = std::array<std::uint8_t, kImage>;

}  // namespace

TEST_CASE("a drawn image is a function of seed and id alone, and other ones differ") {
    Image first, again, other;
    for (SampleId id = 0; id < 20; ++id) {
        const Label label = draw_image(3, id, first);
        CHECK(label == draw_image(3, id, again));
        CHECK(first == again);
        draw_image(4, id, other);
        CHECK(first != other);
        draw_image(3, id + 1, other);
        CHECK(first != other);
    }
}

TEST_CASE("all ten classes are drawn about equally often, each with contrast") {
    std::array<int, 10> counts{};
    Image image;
    for (SampleId id = 0; id < 2000; ++id) {
        const Label label = draw_image(1, id, image);
        REQUIRE(label >= 0);
        REQUIRE(label < 10);
        ++counts[static_cast<std::size_t>(label)];
        int widest = 0;  // of the three channels, from the darkest pixel to the brightest
        for (std::size_t channel = 0; channel < 3; ++channel) {
            const auto [low, high] =
                std::minmax_element(image.begin() + channel * 1024, image.begin() + (channel + 1) * 1024);
            widest = std::max(widest, *high - *low);
        }
        REQUIRE(widest > 40);
    }
    // Binomial(2000, 0.1): mean 200, standard deviation 13.4; five of them either way.
    for (const int count : counts) CHECK(std::abs(count - 200) < 67);
    CHECK(drawn_class_names().size() == 10);
}

TEST_CASE("the drawn set has CIFAR-10's layout, is read by its reader, and is made once") {
    const test::TemporaryFolder folder;
    const auto path = folder / "new" / "drawn";
    const DrawnOptions options{.train = 23, .test = 4, .seed = 5};
    ensure_drawn_cifar10(path, options);
    const auto train = Cifar::cifar10(path, Split::train, {.official_size = false});
    const auto test = Cifar::cifar10(path, Split::test, {.official_size = false});
    CHECK(train.size() == 23);
    CHECK(test.size() == 4);
    CHECK(train.class_names() == drawn_class_names());
    Batch batch({.capacity = 23, .shape = CifarLayout::kShape, .bytes = true, .values = false});
    Image image;
    const auto check = [&](const Cifar& set, SampleId first) {
        std::vector<SampleId> ids(set.size());
        for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = i;
        batch.admit(0, 0, ids);
        set.read(batch);
        for (std::size_t i = 0; i < ids.size(); ++i) {
            CHECK(batch.labels()[i] == draw_image(5, first + i, image));
            CHECK(std::equal(image.begin(), image.end(), batch.bytes(i).begin()));
        }
    };
    check(train, 0);
    check(test, 23);

    const auto written = std::filesystem::last_write_time(path / "test_batch.bin");
    ensure_drawn_cifar10(path, options);
    CHECK(std::filesystem::last_write_time(path / "test_batch.bin") == written);
    CHECK(std::distance(std::filesystem::directory_iterator(folder / "new"), {}) == 1);
}

TEST_CASE("a folder with another set, or something else, is not overwritten") {
    const test::TemporaryFolder folder;
    ensure_drawn_cifar10(folder / "a", {.train = 5, .test = 1});
    CHECK(message_of([&] {
              ensure_drawn_cifar10(folder / "a", {.train = 6, .test = 1});
          }).find("a: drawn.txt: does not describe the drawn images that are asked for") !=
          std::string::npos);
    folder.write("file", "x");
    CHECK(message_of([&] { ensure_drawn_cifar10(folder / "file", {.train = 5, .test = 1}); }) !=
          "(nothing thrown)");
    CHECK(message_of<ConfigError>([&] {
              ensure_drawn_cifar10(folder / "b", {.train = 4, .test = 0});
          }).find("2 problems") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(folder / "b"));
}

TEST_CASE("a trailing slash and an empty folder do no harm") {
    const test::TemporaryFolder folder;
    std::filesystem::create_directory(folder / "a");
    ensure_drawn_cifar10((folder / "a").string() + "/", {.train = 5, .test = 1});
    CHECK(Cifar::cifar10(folder / "a", Split::train, {.official_size = false}).size() == 5);
}

TEST_CASE("the drawn bytes are the same on every machine") {
    Fingerprint print;
    Image image;
    for (SampleId id = 0; id < 100; ++id) {
        draw_image(0, id, image);
        print.add(image.data(), image.size());
    }
    CHECK(print.hex() ==
          "9b8c3cd012b1c719");  // recorded; a change of it is a new version of the set in drawn.txt
}
