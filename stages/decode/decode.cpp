#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <mollify/stages/decode/codec.hpp>
#include <mollify/stages/decode/decode.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

constexpr std::size_t kLongest = 65'535;  // side of an image, in pixels

std::string size_text(std::size_t width, std::size_t height) {
    return std::to_string(width) + "x" + std::to_string(height) + " pixels";
}

/// Memory for one image being decoded, kept by each thread from image to image unless it grew large.
struct Workspace {
    static constexpr std::size_t kKept = std::size_t{16} << 20;

    std::vector<std::uint8_t> pixels;
    std::vector<std::uint8_t> resized;

    void release_if_large() {
        if (pixels.capacity() > kKept) std::vector<std::uint8_t>().swap(pixels);
        if (resized.capacity() > kKept) std::vector<std::uint8_t>().swap(resized);
    }
};

Region centre(const ImageHeader& header, std::size_t crop) {
    if (crop == 0) return {0, 0, header.width, header.height};
    if (crop > header.width || crop > header.height) {
        throw DataError("", "",
                        "an image of " + size_text(header.width, header.height) +
                            " is smaller than the crop of " + size_text(crop, crop),
                        "replace it by a larger one, or remove it");
    }
    return {(header.width - crop) / 2, (header.height - crop) / 2, crop, crop};
}

void check(const ImageHeader& header, const DecodeOptions& options, std::size_t file_size) {
    if (header.width > kLongest || header.height > kLongest) {
        throw DataError("", "",
                        "the header announces " + size_text(header.width, header.height) +
                            ", above the limit of " + std::to_string(kLongest) + " on a side",
                        "reduce it, or remove it");
    }
    if (header.width * header.height > options.max_pixels) {
        throw DataError("", "",
                        "the header announces " + size_text(header.width, header.height) +
                            ", above the limit of " + std::to_string(options.max_pixels),
                        "reduce it, or remove it");
    }
    if (!header.complete) {
        throw DataError("", "byte " + std::to_string(file_size), "the file ends before its end mark",
                        "it was cut: copy or download it again");
    }
}

}  // namespace

/// The weights of each length met so far. Lengths of one data set are few; beyond kMost they are made anew.
class Decode::Axes {
  public:
    std::shared_ptr<const ResizeAxis> get(std::size_t from, std::size_t to) {
        const std::lock_guard lock(mutex_);
        const auto found = axes_.find({from, to});
        if (found != axes_.end()) return found->second;
        auto axis = std::make_shared<const ResizeAxis>(from, to);
        if (axes_.size() < kMost) axes_.emplace(std::pair(from, to), axis);
        return axis;
    }

  private:
    static constexpr std::size_t kMost = 256;

    std::mutex mutex_;
    std::map<std::pair<std::size_t, std::size_t>, std::shared_ptr<const ResizeAxis>> axes_;
};

Decode::Decode(const DecodeOptions& options) : options_(options), axes_(std::make_shared<Axes>()) {
    std::vector<std::string> problems;
    const SampleShape& shape = options.output;
    if (shape.channels != 1 && shape.channels != 3) {
        problems.push_back("decode: " + std::to_string(shape.channels) +
                           " channels: images have 1 (grey) or 3 (colour)");
    }
    if (shape.width == 0 || shape.width > kLongest || shape.height == 0 || shape.height > kLongest ||
        options.crop > kLongest) {
        problems.push_back(
            "decode: width, height and crop are at most 65535 pixels, width and height at least 1");
    }
    if (options.max_pixels == 0) problems.push_back("decode: max_pixels is at least 1");
    if (options.crop != 0 && !options.resize &&
        (shape.width != options.crop || shape.height != options.crop)) {
        problems.push_back("decode: without resizing, a crop of " + std::to_string(options.crop) +
                           " cannot give an output of " + to_string(shape));
    }
    if (!problems.empty()) throw ConfigError(std::move(problems));
}

Format Decode::output(const Format& input) const {
    if (input.content != Content::encoded) {
        throw ConfigError(std::string("decode: needs encoded samples, gets ") + to_string(input.content) +
                          " (this data set is decoded already: leave the stage out)");
    }
    return {Content::bytes, options_.output};
}

void Decode::operator()(Batch& batch, const RowLoop& rows) const {
    batch.require(Content::encoded, kName);
    if (batch.shape() != options_.output || !batch.layout().has_room(Content::bytes)) {
        throw Error("decode: the batch has no room for bytes of " + to_string(options_.output) +
                    " (lay it out by the stage's output format)");
    }
    rows(batch.size(), [&](std::size_t row) {
        try {
            const std::string tolerated = decode(batch.encoded(row), batch.bytes(row));
            if (!tolerated.empty() && options_.on_tolerated)
                options_.on_tolerated(batch.ids()[row], tolerated);
        } catch (const Error& error) {
            throw SampleError(batch.ids()[row], error.what());
        }
    });
    batch.set_content(Content::bytes);
}

std::string Decode::decode(std::span<const std::byte> file, std::span<std::uint8_t> planes) const {
    const SampleShape& shape = options_.output;
    if (planes.size() != shape.elements())
        throw Error("decode: the row is not one image of " + to_string(shape));
    const ImageHeader header = read_image_header(file);
    check(header, options_, file.size());
    const Extract extract{header, centre(header, options_.crop), shape.channels};
    const bool fits = extract.region.width == shape.width && extract.region.height == shape.height;
    if (!fits && !options_.resize) {
        throw DataError("", "",
                        "an image of " + size_text(header.width, header.height) + " where " +
                            size_text(shape.width, shape.height) + " are expected",
                        "resize it, or remove it");
    }
    thread_local Workspace workspace;
    const struct AtTheEnd {  // also where decoding throws
        ~AtTheEnd() { workspace.release_if_large(); }
    } at_the_end;
    std::string tolerated;
    const PixelView pixels = header.format == ImageFormat::jpeg
                                 ? decode_jpeg(file, extract, workspace.pixels, tolerated)
                                 : decode_png(file, extract, workspace.pixels);
    if (options_.strict && !tolerated.empty()) {
        throw DataError("", "", "the JPEG is not as it should be: " + tolerated,
                        "save it again, or tolerate what harms no pixel: --set data.strict=false");
    }
    if (fits) {
        split_planes(pixels, planes.data());
    } else {
        const auto columns = axes_->get(pixels.width, shape.width),
                   lines = axes_->get(pixels.height, shape.height);
        resize(pixels, *columns, *lines, planes.data(), workspace.resized);
    }
    return tolerated;
}

}  // namespace mollify
