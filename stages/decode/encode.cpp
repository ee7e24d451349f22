#include <string>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include <mollify/stages/decode/encode.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {

std::vector<std::byte> encode_png(std::span<const std::uint8_t> planes, const SampleShape& shape) {
    if ((shape.channels != 1 && shape.channels != 3) || planes.size() != shape.elements() || planes.empty()) {
        throw Error("a PNG takes 1 or 3 channels of at least one pixel; these are " +
                    std::to_string(planes.size()) + " bytes for " + std::to_string(shape.channels) + "x" +
                    std::to_string(shape.height) + "x" + std::to_string(shape.width));
    }
    const int height = static_cast<int>(shape.height);
    const int width = static_cast<int>(shape.width);
    std::vector<cv::Mat> channels;  // OpenCV's order: blue, green, red
    for (std::size_t channel = shape.channels; channel-- > 0;) {
        // OpenCV takes no const memory, but does not write to it.
        channels.emplace_back(height, width, CV_8UC1,
                              const_cast<std::uint8_t*>(planes.data() + channel * shape.plane()));
    }
    try {
        cv::Mat image;
        cv::merge(channels, image);
        std::vector<std::uint8_t> file;
        if (cv::imencode(".png", image, file)) {
            const auto bytes = std::as_bytes(std::span(file));
            return {bytes.begin(), bytes.end()};
        }
    } catch (const cv::Exception& error) {
        throw Error("OpenCV does not encode the image as PNG: " + std::string(error.what()));
    }
    throw Error("OpenCV does not encode the image as PNG");
}

}  // namespace mollify
