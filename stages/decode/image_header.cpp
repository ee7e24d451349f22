#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <mollify/stages/decode/image_header.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

[[noreturn]] void refuse(std::size_t byte, const std::string& problem, const std::string& remedy) {
    throw DataError("", "byte " + std::to_string(byte), problem, remedy);
}

[[noreturn]] void refuse_cut(std::size_t byte) {
    refuse(byte, "the file ends inside its header", "it was cut: copy or download it again");
}

/// A place in the file that moves forward only and never past the end.
class Cursor {
  public:
    Cursor(std::span<const std::byte> file, std::size_t place) : file_(file), place_(place) {}

    std::size_t place() const { return place_; }
    bool at_end() const { return place_ == file_.size(); }
    std::size_t left() const { return file_.size() - place_; }
    void skip(std::size_t count) { place_ += std::min(count, left()); }
    void move_to(std::size_t place) { place_ = std::min(std::max(place, place_), file_.size()); }

    /// Big-endian number of `count` bytes.
    std::uint32_t number(std::size_t count) {
        if (left() < count) refuse_cut(file_.size());
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            value = value << 8 | std::to_integer<std::uint32_t>(file_[place_++]);
        }
        return value;
    }

    /// Moves behind the next 0xFF that is followed by a marker's code, and returns the code; 0 at the end of
    /// the file. Entropy-coded bytes (0xFF00) and restart markers are passed over.
    std::uint8_t marker() {
        while (!at_end()) {
            const void* found = std::memchr(file_.data() + place_, 0xff, left());
            if (!found) break;
            place_ = static_cast<const std::byte*>(found) - file_.data() + 1;
            while (!at_end() && file_[place_] == std::byte{0xff}) ++place_;  // fill bytes
            if (at_end()) return 0;
            const auto code = std::to_integer<std::uint8_t>(file_[place_++]);
            const bool stuffed = code == 0x00, alone = code == 0x01 || (code >= 0xd0 && code <= 0xd7);
            if (!stuffed && !alone) return code;
        }
        place_ = file_.size();
        return 0;
    }

  private:
    std::span<const std::byte> file_;
    std::size_t place_;
};

constexpr std::uint8_t kEndOfImage = 0xd9, kStartOfScan = 0xda;

bool is_frame(std::uint8_t marker) {  // SOF0 to SOF15 but DHT, JPG and DAC
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

ImageHeader read_jpeg(std::span<const std::byte> file) {
    ImageHeader header;
    bool scanned = false;
    Cursor cursor(file, 2);
    while (const std::uint8_t marker = cursor.marker()) {
        const std::size_t start = cursor.place() - 2;
        if (marker == kEndOfImage) {
            if (!scanned)
                refuse(start, "the JPEG ends before any pixel", "it is damaged: replace or remove it");
            header.complete = true;
            return header;
        }
        if (cursor.left() < 2) break;
        const std::uint32_t length = cursor.number(2);
        if (length < 2 && scanned) break;  // stray bytes among the pixels: the decoder judges them
        if (length < 2)
            refuse(start, "a JPEG segment of an impossible length", "it is damaged: replace or remove it");
        if (is_frame(marker) && header.channels == 0) {
            const std::uint32_t precision = cursor.number(1);
            header.height = cursor.number(2);
            header.width = cursor.number(2);
            header.channels = cursor.number(1);
            if (precision != 8) {
                refuse(start, "a JPEG of " + std::to_string(precision) + " bits per component",
                       "convert it to 8 bits");
            }
            if (header.width == 0 || header.height == 0 || header.channels == 0) {
                refuse(start, "the JPEG header gives an empty image", "it is damaged: replace or remove it");
            }
        } else if (marker == kStartOfScan) {
            if (header.channels == 0) {
                refuse(start, "JPEG pixels without a frame header", "it is damaged: replace or remove it");
            }
            scanned = true;
        }
        cursor.move_to(start + 2 + length);
    }
    if (!scanned) refuse_cut(file.size());
    return header;
}

constexpr std::array<std::uint8_t, 8> kPngSignature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

constexpr std::uint32_t chunk_type(const char (&name)[5]) {
    std::uint32_t type = 0;
    for (int i = 0; i < 4; ++i) type = type << 8 | static_cast<std::uint8_t>(name[i]);
    return type;
}

ImageHeader read_png(std::span<const std::byte> file) {
    ImageHeader header{.format = ImageFormat::png};
    Cursor cursor(file, kPngSignature.size());
    if (cursor.number(4) != 13 || cursor.number(4) != chunk_type("IHDR")) {
        refuse(8, "the PNG does not begin with its header", "it is damaged: replace or remove it");
    }
    header.width = cursor.number(4);
    header.height = cursor.number(4);
    cursor.skip(1);  // bits per channel: all that PNG knows are decoded
    constexpr std::uint32_t kLargest = 0x7fffffff;
    if (header.width == 0 || header.height == 0 || header.width > kLargest || header.height > kLargest) {
        refuse(16, "the PNG header gives an impossible size", "it is damaged: replace or remove it");
    }
    switch (const std::uint32_t colour = cursor.number(1)) {
        case 0:
        case 3:
            header.channels = 1;
            break;
        case 2:
            header.channels = 3;
            break;
        case 4:
            header.channels = 2;
            break;
        case 6:
            header.channels = 4;
            break;
        default:
            refuse(25, "PNG colour type " + std::to_string(colour) + " does not exist",
                   "it is damaged: replace or remove it");
    }
    cursor.skip(3 + 4);  // compression, filter, interlace; checksum
    bool pixels = false;
    while (cursor.left() >= 12) {  // length, type, data, checksum
        const std::uint32_t length = cursor.number(4), type = cursor.number(4);
        pixels = pixels || type == chunk_type("IDAT");
        if (cursor.left() < std::size_t{length} + 4) break;
        cursor.skip(std::size_t{length} + 4);
        if (type == chunk_type("IEND")) {
            header.complete = true;
            break;
        }
    }
    if (!pixels) refuse_cut(file.size());
    return header;
}

std::string first_bytes(std::span<const std::byte> file) {
    std::string text;
    for (const std::byte byte : file.first(std::min<std::size_t>(file.size(), 4))) {
        const auto value = std::to_integer<std::uint8_t>(byte);
        text += text.empty() ? "" : " ";
        text += "0123456789abcdef"[value >> 4];
        text += "0123456789abcdef"[value & 15];
    }
    return text;
}

/// What is often found where an image should be, by its first bytes.
struct Stranger {
    std::size_t offset;
    std::string_view bytes;
    const char* name;
    const char* remedy;
};

constexpr const char* kConvert = "convert it to PNG or JPEG, or remove it from the data set";
constexpr const char* kDownload = "download the image itself, or remove it from the data set";
constexpr const char* kUnpack = "unpack it, or remove it from the data set";

constexpr Stranger kStrangers[] = {
    {8, "WEBP", "a WebP image", kConvert},
    {0, "GIF8", "a GIF image", kConvert},
    {0, "BM", "a BMP image", kConvert},
    {0, std::string_view("II*\0", 4), "a TIFF image", kConvert},
    {0, std::string_view("MM\0*", 4), "a TIFF image", kConvert},
    {4, "ftypavif", "an AVIF image", kConvert},
    {4, "ftypavis", "an AVIF image", kConvert},
    {4, "ftyphe", "a HEIC image", kConvert},
    {4, "ftypmif1", "a HEIF image", kConvert},
    {0, std::string_view("\0\0\0\fjP  ", 8), "a JPEG 2000 image", kConvert},
    {0, "\xff\x4f\xff\x51", "a JPEG 2000 image", kConvert},
    {0, "\xff\x0a", "a JPEG XL image", kConvert},
    {0, std::string_view("\0\0\0\fJXL ", 8), "a JPEG XL image", kConvert},
    {0, "8BPS", "a Photoshop file", kConvert},
    {0, "P4", "a PBM image", kConvert},
    {0, "P5", "a PGM image", kConvert},
    {0, "P6", "a PPM image", kConvert},
    {0, "<svg", "an SVG drawing", kConvert},
    {0, "version https://git-lfs", "a Git LFS pointer, not the image",
     "fetch the images: git lfs pull, in their repository"},
    {0, "/annex/objects/", "a git-annex pointer, not the image",
     "fetch the images: git annex get, in their repository"},
    {0, "<!DOCTYPE", "a web page", kDownload},
    {0, "<!doctype", "a web page", kDownload},
    {0, "<html", "a web page", kDownload},
    {0, "<HTML", "a web page", kDownload},
    {0, "<?xml", "an XML file", kDownload},
    {0, "\x1f\x8b", "a gzip archive", kUnpack},
    {0, "PK\x03\x04", "a zip archive", kUnpack},
    {0, "%PDF", "a PDF file", kConvert},
};

bool is(const Stranger& stranger, std::span<const std::byte> file) {
    const auto [offset, bytes, name, remedy] = stranger;
    return file.size() >= offset + bytes.size() &&
           std::memcmp(file.data() + offset, bytes.data(), bytes.size()) == 0;
}

}  // namespace

ImageHeader read_image_header(std::span<const std::byte> file) {
    if (file.empty()) refuse(0, "the file is empty", "copy or download it again");
    if (file.size() >= 2 && file[0] == std::byte{0xff} && file[1] == std::byte{0xd8}) return read_jpeg(file);
    if (file.size() >= kPngSignature.size() &&
        std::memcmp(file.data(), kPngSignature.data(), kPngSignature.size()) == 0) {
        return read_png(file);
    }
    for (const Stranger& stranger : kStrangers) {
        if (is(stranger, file))
            refuse(0, std::string(stranger.name) + ", not a JPEG or PNG", stranger.remedy);
    }
    refuse(0, "neither a JPEG nor a PNG (it begins with " + first_bytes(file) + ")",
           "convert it, or remove it from the data set");
}

}  // namespace mollify
