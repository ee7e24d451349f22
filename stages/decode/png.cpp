#include <string>

#include <opencv2/imgcodecs.hpp>

#include <mollify/stages/decode/codec.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

cv::Mat decoded(std::span<const std::byte> file) {
    // OpenCV takes no const memory, but does not write to it.
    const cv::Mat input(1, static_cast<int>(file.size()), CV_8UC1, const_cast<std::byte*>(file.data()));
    try {
        return cv::imdecode(input, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
    } catch (const cv::Exception&) {
        return {};
    }
}

}  // namespace

PixelView decode_png(std::span<const std::byte> file, const Extract& extract,
                     std::vector<std::uint8_t>& memory) {
    const cv::Mat image = decoded(file);
    const Region& region = extract.region;
    if (static_cast<std::size_t>(image.cols) != extract.header.width ||
        static_cast<std::size_t>(image.rows) != extract.header.height || image.type() != CV_8UC3) {
        throw DataError("", "", "the PNG is damaged: OpenCV does not decode it", "copy or download it again");
    }
    PixelView view{.width = region.width, .height = region.height, .channels = extract.channels};
    view.stride = region.width * view.pixel_bytes();
    const std::size_t needed = view.stride * region.height + kReadPast;
    if (memory.size() < needed) memory.resize(needed);
    std::uint8_t* out = memory.data();
    for (std::size_t y = 0; y < region.height; ++y) {
        const std::uint8_t* in = image.ptr(static_cast<int>(region.top + y)) + 3 * region.left;
        for (std::size_t x = 0; x < region.width; ++x, in += 3) {
            if (extract.channels == 1) {
                *out++ = luma(in[2], in[1], in[0]);
            } else {
                *out++ = in[2];
                *out++ = in[1];
                *out++ = in[0];
                *out++ = 0;
            }
        }
    }
    view.data = memory.data();
    return view;
}

}  // namespace mollify
