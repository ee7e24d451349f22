#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <fstream>
#include <mutex>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <opencv2/imgcodecs.hpp>
#include <rapidcheck.h>

#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/stages/decode/decode.hpp>
#include <mollify/stages/decode/image_header.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/stage.hpp>
#include <mollify/tests/support/files.hpp>

using namespace mollify;

static_assert(RowStage<Decode> && FormatStage<Decode> && NamedStage<Decode>);

namespace {

using File = std::vector<std::byte>;
using Planes = std::vector<std::uint8_t>;

const std::string kGolden = MOLLIFY_SOURCE_DIR "/tests/golden/decode/";
constexpr std::array kJpegs{"photo-420.jpg", "photo-422.jpg", "photo-444.jpg", "photo-progressive.jpg",
                            "photo-grey.jpg"};

File golden(const std::string& name) { return test::read_bytes(kGolden + name); }

const std::string kCases = MOLLIFY_SOURCE_DIR "/tests/golden/cases/";

/// Pillow's conversion to RGB of a case, as planes: 48×48×3 bytes behind the 128 of an .npy header.
Planes pillows(const std::string& name) {
    const File file = test::read_bytes(kCases + name + "/expected.npy");
    Planes planes(48 * 48 * 3);
    REQUIRE(file.size() == 128 + planes.size());
    for (std::size_t i = 0; i < planes.size(); ++i)
        planes[i % 3 * 48 * 48 + i / 3] = std::to_integer<std::uint8_t>(file[128 + i]);
    return planes;
}

int largest_difference(const Planes& a, const Planes& b) {
    REQUIRE(a.size() == b.size());
    int worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
    return worst;
}

Planes decoded(std::span<const std::byte> file, const DecodeOptions& options) {
    Planes planes(options.output.elements());
    Decode(options).decode(file, planes);
    return planes;
}

DecodeOptions whole(std::span<const std::byte> file, std::size_t channels = 3) {
    const ImageHeader header = read_image_header(file);
    return {.output = {channels, header.height, header.width}};
}

/// The pixels, or none after a typed error.
std::optional<Planes> attempt(const Decode& decode, std::span<const std::byte> file) {
    Planes planes(decode.options().output.elements());
    try {
        decode.decode(file, planes);
        return planes;
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace

TEST_CASE("decoded, cropped and resized images equal Pillow's byte for byte") {
    std::ifstream expected(kGolden + "expected.txt");
    std::string name, hash;
    DecodeOptions options;
    int cases = 0;
    while (expected >> name >> options.crop >> options.output.channels >> options.output.height >>
           options.output.width >> hash) {
        CAPTURE(name);
        CAPTURE(options.crop);
        CAPTURE(to_string(options.output));
        const Planes planes = decoded(golden(name), options);
        CHECK(Fingerprint().add(std::as_bytes(std::span(planes))).hex() == hash);
        ++cases;
    }
    CHECK(cases == 28);
}

TEST_CASE("a CelebA-sized file reduced to 64x64 differs from Pillow's nowhere") {
    const Planes planes = decoded(golden("photo-420.jpg"), {.output = {3, 64, 64}, .crop = 148});
    const File wanted = golden("resized.raw");
    REQUIRE(planes.size() == wanted.size());
    int worst = 0;
    for (std::size_t i = 0; i < planes.size(); ++i) {
        worst = std::max(worst, std::abs(planes[i] - std::to_integer<int>(wanted[i])));
    }
    CHECK(worst == 0);
}

TEST_CASE("decoding only a crop gives the pixels of the whole image, at every size of the crop") {
    for (const char* name : kJpegs) {
        const File file = golden(name);
        const DecodeOptions all = whole(file);
        const std::size_t width = all.output.width, height = all.output.height;
        const Planes full = decoded(file, all);
        for (std::size_t crop = 1; crop <= std::min(width, height); ++crop) {
            const Planes part = decoded(file, {.output = {3, crop, crop}, .crop = crop});
            const std::size_t left = (width - crop) / 2, top = (height - crop) / 2;
            std::size_t differing = 0;
            for (std::size_t i = 0; i < part.size(); ++i) {
                const std::size_t c = i / (crop * crop), y = i / crop % crop, x = i % crop;
                differing += part[i] != full[(c * height + top + y) * width + left + x];
            }
            CAPTURE(name);
            CAPTURE(crop);
            CHECK(differing == 0);
        }
    }
}

TEST_CASE("a colour JPEG as one channel is its own luma, within rounding of red, green and blue") {
    const File file = golden("photo-444.jpg");
    const Planes grey = decoded(file, whole(file, 1)), colour = decoded(file, whole(file));
    for (std::size_t i = 0; i < grey.size(); ++i) {
        const double luma =
            0.299 * colour[i] + 0.587 * colour[grey.size() + i] + 0.114 * colour[2 * grey.size() + i];
        const bool clipped = std::ranges::any_of(std::array{0, 1, 2}, [&](std::size_t c) {
            return colour[c * grey.size() + i] == 0 || colour[c * grey.size() + i] == 255;
        });
        if (!clipped) CHECK(std::abs(grey[i] - luma) <= 2.0);
    }
}

TEST_CASE("sixteen bits become eight by their high byte") {
    const Planes planes = decoded(golden("deep.png"), {.output = {3, 2, 3}});
    for (std::size_t pixel = 0; pixel < 6; ++pixel) {
        for (std::size_t c = 0; c < 3; ++c) CHECK(planes[c * 6 + pixel] == (pixel * 3 + c) * 3641 / 256);
    }
}

TEST_CASE("a file cut at any byte is an error, never a grey image") {
    for (const char* name : {"photo-32.jpg", "photo-progressive.jpg", "photo-grey.png", "deep.png"}) {
        CAPTURE(name);
        const File file = golden(name);
        const Decode decode(whole(file));
        for (std::size_t length = 0; length < file.size(); ++length) {
            CAPTURE(length);
            CHECK_FALSE(attempt(decode, std::span(file).first(length)).has_value());
        }
        File longer = file;
        longer.resize(file.size() + 7);
        CHECK(attempt(decode, longer) == attempt(decode, file));
    }
}

TEST_CASE("a JPEG cut at any byte is an error under any crop, also where the crop lies before the cut") {
    for (const char* name : {"photo-420.jpg", "photo-grey.jpg", "photo-progressive.jpg"}) {
        const File file = golden(name);
        const ImageHeader header = read_image_header(file);
        for (const std::size_t crop : {std::size_t{1}, std::min(header.width, header.height) / 2}) {
            for (const bool strict : {false, true}) {
                CAPTURE(name);
                CAPTURE(crop);
                const Decode decode({.output = {3, crop, crop}, .crop = crop, .strict = strict});
                std::vector<std::size_t> accepted;
                for (std::size_t length = 0; length < file.size(); ++length) {
                    if (attempt(decode, std::span(file).first(length))) accepted.push_back(length);
                }
                CHECK(accepted.empty());
                CHECK(attempt(decode, file).has_value());
            }
        }
    }
}

TEST_CASE("four inks, as CMYK and as YCCK, become the colours of Pillow within one level") {
    for (const std::string name : {"I01-cmyk", "I01-ycck"}) {
        CAPTURE(name);
        const File file = test::read_bytes(kCases + name + "/image.jpg");
        const Planes colours = decoded(file, {.output = {3, 48, 48}}), wanted = pillows(name);
        CHECK(largest_difference(colours, wanted) <= 1);
        const Planes grey = decoded(file, {.output = {1, 48, 48}});
        for (std::size_t i = 0; i < grey.size(); ++i) {
            const double luma =
                0.299 * colours[i] + 0.587 * colours[grey.size() + i] + 0.114 * colours[2 * grey.size() + i];
            CHECK(std::abs(grey[i] - luma) <= 0.51);
        }
        const Planes part = decoded(file, {.output = {3, 20, 20}, .crop = 20});
        for (std::size_t i = 0; i < part.size(); ++i) {
            const std::size_t c = i / 400, y = i / 20 % 20 + 14, x = i % 20 + 14;
            CHECK(part[i] == colours[(c * 48 + y) * 48 + x]);
        }
    }
}

TEST_CASE("bytes without meaning are tolerated and told, or refused where that is asked for") {
    for (const auto& [name, complaint] :
         {std::pair<std::string, std::string>{"I10-extraneous", "extraneous bytes before marker 0xd9"},
          {"I10-junk-before-dqt", "2 extraneous bytes before marker 0xdb"},
          {"I10-zeros-before-eoi", "extraneous bytes before marker 0xd9"}}) {
        CAPTURE(name);
        const File file = test::read_bytes(kCases + name + "/image.jpg");
        CHECK(decoded(file, {.output = {3, 48, 48}}) == pillows(name));
        Planes planes(48 * 48 * 3);
        const std::string told = Decode({.output = {3, 48, 48}}).decode(file, planes);
        CHECK(told.find(complaint) != std::string::npos);
        CHECK_THROWS_WITH_AS(decoded(file, {.output = {3, 48, 48}, .strict = true}),
                             doctest::Contains("--set data.strict=false"), DataError);
    }
    Planes planes(32 * 32 * 3);
    CHECK(Decode({.strict = true}).decode(golden("photo-32.jpg"), planes).empty());
}

TEST_CASE("junk between any two segments of a JPEG changes no pixel and is told") {
    for (const char* name : kJpegs) {
        const File file = golden(name);
        const Planes clean = decoded(file, whole(file));
        const Decode decode(whole(file));
        for (std::size_t at = 2; file[at + 1] != std::byte{0xda};) {  // up to the first scan
            CAPTURE(name);
            CAPTURE(at);
            const std::size_t length =
                std::to_integer<std::size_t>(file[at + 2]) * 256 + std::to_integer<std::size_t>(file[at + 3]);
            at += 2 + length;
            File longer = file;
            longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(at), {std::byte{0}, std::byte{0x42}});
            Planes planes(clean.size());
            CHECK(decode.decode(longer, planes).find("2 extraneous bytes") != std::string::npos);
            CHECK(planes == clean);
        }
    }
}

TEST_CASE("what a batch tolerates is told with the sample, once per file") {
    std::mutex mutex;
    std::vector<std::pair<SampleId, std::string>> told;
    const Decode decode({.output = {3, 8, 8}, .on_tolerated = [&](SampleId id, const std::string& what) {
                             const std::lock_guard lock(mutex);
                             told.emplace_back(id, what);
                         }});
    Batch batch({.capacity = 3, .shape = {3, 8, 8}, .encoded = true, .bytes = true});
    batch.admit(0, 0, std::vector<SampleId>{7, 8, 9});
    batch.encoded(0) = golden("photo-32.jpg");
    batch.encoded(1) = test::read_bytes(kCases + "I10-extraneous/image.jpg");
    batch.encoded(2) = golden("photo-32.jpg");
    batch.set_content(Content::encoded);
    decode(batch);
    REQUIRE(told.size() == 1);
    CHECK(told[0].first == 8);
    CHECK(told[0].second.find("extraneous bytes") != std::string::npos);
}

TEST_CASE("bytes without meaning inside the pixels are damage") {
    // Restart markers within the pixels: junk in front of one means that the pixels before it were misread.
    std::vector<unsigned char> written;
    cv::imencode(".jpg", cv::Mat(64, 64, CV_8UC3, cv::Scalar(20, 90, 200)), written,
                 {cv::IMWRITE_JPEG_RST_INTERVAL, 2});
    File file;
    for (const unsigned char byte : written) file.push_back(std::byte{byte});
    const auto marker = std::ranges::search(file, std::array{std::byte{0xff}, std::byte{0xd1}});
    REQUIRE(!marker.empty());
    CHECK_NOTHROW(decoded(file, whole(file)));
    file.insert(marker.begin(), 40, std::byte{0x42});
    CHECK_THROWS_WITH_AS(decoded(file, whole(file)), doctest::Contains("the JPEG is damaged"), DataError);
}

TEST_CASE("damage inside the pixels of a JPEG is told with the byte up to which it is sound") {
    File file = golden("photo-420.jpg");
    const std::array restart{std::byte{0xff}, std::byte{0xd3}};  // a marker that this file has no use for
    std::ranges::copy(restart, file.begin() + static_cast<std::ptrdiff_t>(file.size() / 2));
    try {
        decoded(file, whole(file));
        FAIL("no error");
    } catch (const DataError& error) {
        CHECK(std::string(error.what()).find("the JPEG is damaged: ") != std::string::npos);
        const int byte = std::stoi(error.where().substr(5));
        CHECK(byte <= static_cast<int>(file.size() / 2) + 2);
        CHECK(byte >= static_cast<int>(file.size() / 2) - 300);  // where the last whole block ended
    }
}

TEST_CASE("a header that announces too many pixels is refused before anything is decoded") {
    File file = golden("photo-32.jpg");
    const std::array start_of_frame{std::byte{0xff}, std::byte{0xc0}};
    const auto frame = std::search(file.begin(), file.end(), start_of_frame.begin(), start_of_frame.end());
    REQUIRE(frame != file.end());
    std::fill_n(frame + 5, 4, std::byte{0xff});
    CHECK_THROWS_WITH_AS(decoded(file, {}),
                         doctest::Contains("65535x65535 pixels, above the limit of 67108864"), DataError);
    CHECK_THROWS_WITH_AS(decoded(golden("photo-32.jpg"), {.max_pixels = 1023}),
                         doctest::Contains("above the limit of 1023 (reduce it, or remove it)"), DataError);
    CHECK_NOTHROW(decoded(golden("photo-32.jpg"), {.max_pixels = 1024}));
}

TEST_CASE("an image that is too long on one side is refused for that, however few pixels it has") {
    File png = golden("photo.png");
    const std::array<unsigned char, 8> sides{0, 1, 0x11, 0x70, 0, 0, 0, 10};  // 70,000 and 10, big-endian
    std::ranges::transform(sides, png.begin() + 16, [](unsigned char byte) { return std::byte{byte}; });
    CHECK_THROWS_WITH_AS(decoded(png, {}),
                         "the header announces 70000x10 pixels, above the limit of 65535 on a side (reduce "
                         "it, or remove it)",
                         DataError);
}

TEST_CASE("files that cannot become the output are refused with a reason") {
    CHECK_THROWS_WITH_AS(decoded(golden("photo.png"), {.resize = false}),
                         doctest::Contains("53x40 pixels where 32x32 pixels are expected"), DataError);
    CHECK_THROWS_WITH_AS(decoded(golden("photo-32.jpg"), {.crop = 33}),
                         doctest::Contains("smaller than the crop"), DataError);
    File png = golden("photo.png");
    png[png.size() / 2] ^= std::byte{0x55};
    CHECK_THROWS_WITH_AS(decoded(png, {}), doctest::Contains("the PNG is damaged"), DataError);
}

TEST_CASE("what was decoded before leaves no trace") {
    // A JPEG without its Huffman tables: a decoder that is kept would go on with those of the image before.
    const File file = golden("photo-444.jpg");
    File bare(file.begin(), file.begin() + 2);
    for (std::size_t at = 2; at < file.size();) {
        const auto byte = [&](std::size_t i) { return std::to_integer<std::size_t>(file[at + i]); };
        const bool scan = byte(1) == 0xda;
        const std::size_t length = scan ? file.size() - at : 2 + byte(2) * 256 + byte(3);
        if (byte(1) != 0xc4) bare.insert(bare.end(), file.begin() + at, file.begin() + at + length);
        at += length;
    }
    REQUIRE(bare.size() < file.size());
    const Decode decode(whole(file));
    std::optional<Planes> alone;
    std::thread([&] { alone = attempt(decode, bare); }).join();
    const Planes before = decoded(golden("photo-420.jpg"), whole(golden("photo-420.jpg")));
    CHECK(attempt(decode, bare) == alone);
    CHECK(decoded(golden("photo-420.jpg"), whole(golden("photo-420.jpg"))) == before);
}

TEST_CASE("changed bytes give pixels or a typed error, and the same ones each time") {
    std::vector<File> files;
    for (const char* name : {"photo-32.jpg", "photo-progressive.jpg", "photo-grey.jpg"})
        files.push_back(golden(name));
    const Decode decode({.output = {3, 16, 16}, .crop = 20});
    CHECK(rc::check([&] {
        File file = files[*rc::gen::inRange<std::size_t>(0, files.size())];
        const auto changes = *rc::gen::inRange(1, 6);
        for (int i = 0; i < changes; ++i) {
            file[*rc::gen::inRange<std::size_t>(0, file.size())] =
                static_cast<std::byte>(*rc::gen::arbitrary<std::uint8_t>());
        }
        RC_ASSERT(attempt(decode, file) == attempt(decode, file));
    }));
}

TEST_CASE("a batch of files becomes bytes, whichever threads take the rows") {
    const std::array names{"photo-420.jpg",  "photo.png",     "photo-444.jpg",
                           "photo-grey.jpg", "photo-422.jpg", "photo-32.jpg"};
    const Decode decode({.output = {3, 24, 20}});
    Batch batch({.capacity = 48, .shape = {3, 24, 20}, .encoded = true, .bytes = true, .values = false});
    std::vector<SampleId> ids(48);
    std::iota(ids.begin(), ids.end(), SampleId{100});
    const auto load = [&] {
        batch.admit(0, 0, ids);
        for (std::size_t row = 0; row < 48; ++row) batch.encoded(row) = golden(names[row % names.size()]);
        batch.set_content(Content::encoded);
    };
    load();
    decode(batch);
    CHECK(batch.content() == Content::bytes);
    const Planes serial(batch.bytes().begin(), batch.bytes().end());
    for (std::size_t row = 0; row < names.size(); ++row) {
        const Planes alone = decoded(golden(names[row]), decode.options());
        CHECK(std::ranges::equal(batch.bytes(row), alone));
    }
    load();
    Decode(decode.options())(batch, [](std::size_t rows, const std::function<void(std::size_t)>& body) {
        std::atomic<std::size_t> next = 0;
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (std::size_t row = next++; row < rows; row = next++) body(row);
            });
        }
    });
    CHECK(std::ranges::equal(batch.bytes(), serial));
}

TEST_CASE("a bad file in a batch is named by its sample") {
    const Decode decode({.output = {3, 8, 8}});
    Batch batch({.capacity = 2, .shape = {3, 8, 8}, .encoded = true, .bytes = true});
    batch.admit(3, 0, std::vector<SampleId>{41, 42});
    batch.encoded(0) = golden("photo-32.jpg");
    batch.encoded(1) = golden("photo-32.jpg");
    batch.encoded(1).resize(500);
    batch.set_content(Content::encoded);
    try {
        decode(batch);
        FAIL("no error");
    } catch (const SampleError& error) {
        CHECK(error.sample() == 42);
        CHECK(std::string(error.what()).starts_with("byte 500: the file ends "));
    }
    CHECK(batch.content() == Content::encoded);
}

TEST_CASE("decode says what it makes, and refuses what it cannot work on, before anything runs") {
    const Decode decode({.output = {1, 8, 9}});
    CHECK(decode.output({Content::encoded, {}}) == Format{Content::bytes, {1, 8, 9}});
    CHECK_THROWS_AS(decode.output({Content::bytes, {3, 8, 8}}), ConfigError);
    Batch batch({.capacity = 1, .shape = {3, 8, 8}, .encoded = true, .bytes = true});
    batch.admit(0, 0, std::vector<SampleId>{0});
    batch.set_content(Content::encoded);
    CHECK_THROWS_WITH_AS(decode(batch), doctest::Contains("no room for bytes of 1x8x9"), Error);
    batch.set_content(Content::values);
    CHECK_THROWS_AS(decode(batch), Error);
}

TEST_CASE("all problems of the options are told at once") {
    try {
        [[maybe_unused]] const Decode refused({.output = {2, 0, 70'000}, .max_pixels = 0});
        FAIL("no error");
    } catch (const ConfigError& error) {
        CHECK(error.problems().size() == 3);
    }
    CHECK_THROWS_AS(Decode({.output = {3, 64, 64}, .crop = 148, .resize = false}), ConfigError);
    CHECK_NOTHROW(Decode({.output = {3, 148, 148}, .crop = 148, .resize = false}));
}
