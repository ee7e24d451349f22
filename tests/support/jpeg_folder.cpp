#include <array>
#include <cstdio>
#include <stdexcept>
#include <vector>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <mollify/datasets/images/drawn_images.hpp>
#include <mollify/tests/support/jpeg_folder.hpp>

namespace mollify::test {

void write_jpeg_folder(const std::filesystem::path& folder, std::size_t count, int width, int height) {
    std::filesystem::create_directories(folder);
    std::array<std::uint8_t, CifarLayout::kShape.elements()> planes;
    for (std::size_t i = 0; i < count; ++i) {
        draw_image(1, i, planes);
        std::vector<cv::Mat> channels;  // OpenCV's order is blue, green, red
        for (int channel : {2, 1, 0}) channels.emplace_back(32, 32, CV_8U, planes.data() + 1024 * channel);
        cv::Mat image, enlarged;
        cv::merge(channels, image);
        cv::resize(image, enlarged, {width, height}, 0, 0, cv::INTER_CUBIC);
        char name[32];
        std::snprintf(name, sizeof(name), "%06zu.jpg", i + 1);
        if (!cv::imwrite((folder / name).string(), enlarged, {cv::IMWRITE_JPEG_QUALITY, 90})) {
            throw std::runtime_error("cannot write " + (folder / name).string());
        }
    }
}

}  // namespace mollify::test
