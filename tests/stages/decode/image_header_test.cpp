#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <mollify/stages/decode/image_header.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/tests/support/files.hpp>

using namespace mollify;

namespace {

const std::string kGolden = MOLLIFY_SOURCE_DIR "/tests/golden/decode/";

std::vector<std::byte> golden(const std::string& name) { return test::read_bytes(kGolden + name); }

ImageHeader header_of(const std::string& name) { return read_image_header(golden(name)); }

std::vector<std::byte> bytes(std::initializer_list<int> values) {
    std::vector<std::byte> out;
    for (const int value : values) out.push_back(static_cast<std::byte>(value));
    return out;
}

std::string place_of_error(std::span<const std::byte> file) {
    try {
        read_image_header(file);
    } catch (const DataError& error) {
        return error.where();
    }
    return "none";
}

}  // namespace

TEST_CASE("a header gives the format, the size and the channels of a file") {
    using enum ImageFormat;
    CHECK(header_of("photo-420.jpg") == ImageHeader{jpeg, 178, 218, 3, true});
    CHECK(header_of("photo-progressive.jpg") == ImageHeader{jpeg, 120, 90, 3, true});
    CHECK(header_of("photo-grey.jpg") == ImageHeader{jpeg, 50, 64, 1, true});
    CHECK(header_of("photo-cmyk.jpg") == ImageHeader{jpeg, 16, 16, 4, true});
    CHECK(header_of("photo.png") == ImageHeader{png, 53, 40, 3, true});
    CHECK(header_of("photo-alpha.png") == ImageHeader{png, 20, 33, 4, true});
    CHECK(header_of("photo-palette.png") == ImageHeader{png, 30, 30, 1, true});
    CHECK(header_of("deep.png") == ImageHeader{png, 3, 2, 3, true});
}

TEST_CASE("a file cut anywhere is refused, or known to be incomplete") {
    for (const char* name : {"photo-32.jpg", "photo-progressive.jpg", "photo-grey.png"}) {
        CAPTURE(name);
        const auto file = golden(name);
        const ImageHeader whole = read_image_header(file);
        for (std::size_t length = 0; length < file.size(); ++length) {
            CAPTURE(length);
            try {
                ImageHeader part = read_image_header(std::span(file).first(length));
                CHECK_FALSE(part.complete);
                part.complete = true;
                CHECK(part == whole);
            } catch (const DataError& error) {
                CHECK(error.where().starts_with("byte "));
            }
        }
    }
}

TEST_CASE("bytes behind the end mark do not matter") {
    auto file = golden("photo-32.jpg");
    file.resize(file.size() + 100);
    CHECK(read_image_header(file).complete);
}

TEST_CASE("other formats are refused by name, or with the bytes they begin with") {
    using namespace std::string_view_literals;
    const auto refused = [](std::string_view content) {
        return test::message_of([&] { read_image_header(std::as_bytes(std::span(content))); });
    };
    for (const auto& [content, name] : std::initializer_list<std::pair<std::string_view, const char*>>{
             {"RIFF\x10\0\0\0WEBPVP8 "sv, "a WebP image"},
             {"GIF89a"sv, "a GIF image"},
             {"BM6\0"sv, "a BMP image"},
             {"II*\0"sv, "a TIFF image"},
             {"MM\0*"sv, "a TIFF image"},
             {"\0\0\0\x20"
              "ftypavif"sv,
              "an AVIF image"},
             {"\0\0\0\x20"
              "ftypheic"sv,
              "a HEIC image"},
             {"version https://git-lfs.github.com/spec/v1\n"sv, "a Git LFS pointer"},
             {"/annex/objects/SHA256E-s12--ab.jpg"sv, "a git-annex pointer"},
             {"<!DOCTYPE html>"sv, "a web page"},
             {"\x1f\x8b\x08"sv, "a gzip archive"},
             {"PK\x03\x04"sv, "a zip archive"},
             {"P6\n48 48\n"sv, "a PPM image"}}) {
        CAPTURE(name);
        CHECK(refused(content).starts_with("byte 0: " + std::string(name)));
        CHECK(refused(content).ends_with(")"));  // with a remedy
    }
    CHECK(refused("\x01\x02\x03\x04\x05"sv).find("neither a JPEG nor a PNG (it begins with 01 02 03 04)") !=
          std::string::npos);
    CHECK(refused("").find("the file is empty") != std::string::npos);
    CHECK(place_of_error(bytes({0xff})) == "byte 0");
}

TEST_CASE("impossible headers are refused with their place") {
    // SOI, then SOF0 of length 11 with precision, height, width, components and one of them.
    const auto frame = [](int precision, int height, int width, int components) {
        return bytes({0xff,       0xd8, 0xff, 0xc0, 0,    11,   precision, 0, height, 0,   width,
                      components, 1,    0x11, 0,    0xff, 0xda, 0,         2, 0xff,   0xd9});
    };
    CHECK(read_image_header(frame(8, 5, 6, 1)) == ImageHeader{ImageFormat::jpeg, 6, 5, 1, true});
    CHECK_THROWS_WITH_AS(read_image_header(frame(12, 5, 6, 1)), doctest::Contains("12 bits"), DataError);
    CHECK(place_of_error(frame(8, 0, 6, 1)) == "byte 2");
    CHECK(place_of_error(frame(8, 5, 0, 1)) == "byte 2");
    CHECK(place_of_error(frame(8, 5, 6, 0)) == "byte 2");
    CHECK(place_of_error(bytes({0xff, 0xd8, 0xff, 0xe0, 0, 1})) == "byte 2");              // a length below 2
    CHECK(place_of_error(bytes({0xff, 0xd8, 0xff, 0xda, 0, 2, 0xff, 0xd9})) == "byte 2");  // pixels, no frame
    CHECK(place_of_error(bytes({0xff, 0xd8, 0xff, 0xd9})) == "byte 2");  // an end, no pixels

    auto png = golden("photo-grey.png");
    png[16] = std::byte{0x80};  // a width above 2^31
    CHECK(place_of_error(png) == "byte 16");
    png = golden("photo-grey.png");
    png[25] = std::byte{5};
    CHECK_THROWS_WITH_AS(read_image_header(png), doctest::Contains("colour type 5"), DataError);
    png = golden("photo-grey.png");
    png[12] = std::byte{'X'};
    CHECK(place_of_error(png) == "byte 8");
}

TEST_CASE("changed bytes give a header or a typed error, never anything else") {
    const auto jpeg = golden("photo-progressive.jpg"), png = golden("photo-palette.png");
    CHECK(rc::check([&] {
        auto file = *rc::gen::element(jpeg, png);
        file.resize(*rc::gen::inRange<std::size_t>(0, file.size() + 1));
        const auto changes = *rc::gen::inRange(0, 8);
        for (int i = 0; i < changes && !file.empty(); ++i) {
            file[*rc::gen::inRange<std::size_t>(0, file.size())] =
                static_cast<std::byte>(*rc::gen::arbitrary<std::uint8_t>());
        }
        try {
            const ImageHeader header = read_image_header(file);
            RC_ASSERT(header.width > 0u && header.height > 0u && header.channels > 0u);
        } catch (const DataError&) {
        }
    }));
}
