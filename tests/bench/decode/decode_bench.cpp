// JPEG files in memory to planar bytes of the output's size, on one thread: the decode stage beside a bare OpenCV loop
// (imdecode, crop, INTER_AREA, split) over the same files.
//   bench_decode [FOLDER32 [FOLDER178]]      folders of 32×32 and 178×218 files; drawn ones otherwise
// Prints images/s of each and the ratio.
#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <mollify/datasets/images/image_folder.hpp>
#include <mollify/stages/decode/decode.hpp>
#include <mollify/tests/support/jpeg_folder.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

namespace {

using Files = std::vector<std::vector<std::byte>>;

Files read_files(const std::string& folder) {
    const mollify::ImageFolder images(folder);
    Files files(std::min<std::size_t>(images.size(), 1000));
    for (std::size_t id = 0; id < files.size(); ++id) {
        mollify::read_file(images.origin(id), mollify::ImageFolder::kMaxFileBytes, files[id]);
    }
    return files;
}

void with_stage(benchmark::State& state, const Files& files, const mollify::DecodeOptions& options) {
    const mollify::Decode decode(options);
    std::vector<std::uint8_t> planes(options.output.elements());
    std::size_t i = 0;
    for (auto _ : state) {
        decode.decode(files[i++ % files.size()], planes);
        benchmark::DoNotOptimize(planes.data());
    }
    state.SetItemsProcessed(state.iterations());
}

void with_opencv(benchmark::State& state, const Files& files, const mollify::DecodeOptions& options) {
    const int width = static_cast<int>(options.output.width),
              height = static_cast<int>(options.output.height);
    const int crop = static_cast<int>(options.crop);
    std::vector<std::uint8_t> planes(options.output.elements());
    const std::size_t plane = options.output.plane();
    std::size_t i = 0;
    for (auto _ : state) {
        const auto& file = files[i++ % files.size()];
        const cv::Mat input(1, static_cast<int>(file.size()), CV_8UC1, const_cast<std::byte*>(file.data()));
        cv::Mat image = cv::imdecode(input, cv::IMREAD_COLOR), small;
        if (crop) image = image(cv::Rect((image.cols - crop) / 2, (image.rows - crop) / 2, crop, crop));
        if (image.cols == width && image.rows == height) {
            small = image;
        } else {
            cv::resize(image, small, {width, height}, 0, 0, cv::INTER_AREA);
        }
        std::array<cv::Mat, 3> channels;  // OpenCV's order is blue, green, red
        for (std::size_t c = 0; c < 3; ++c)
            channels[2 - c] = cv::Mat(height, width, CV_8UC1, planes.data() + c * plane);
        cv::split(small, channels);
        benchmark::DoNotOptimize(planes.data());
    }
    state.SetItemsProcessed(state.iterations());
}

/// The usual table, and what to compare in it.
class RatioReporter : public benchmark::ConsoleReporter {
  public:
    void ReportRuns(const std::vector<Run>& runs) override {
        ConsoleReporter::ReportRuns(runs);
        for (const Run& run : runs) {
            const std::string name = run.benchmark_name();
            if (name.ends_with("_median"))
                rates_[name.substr(0, name.find('/'))] = run.counters.at("items_per_second");
        }
    }
    void Finalize() override {
        for (const std::string task : {"32x32", "178x218 to 64x64"}) {
            const double ours = rates_[task + " stage"], bare = rates_[task + " OpenCV"];
            GetOutputStream() << task << ": " << ours / bare << " times the bare OpenCV loop\n";
        }
    }

  private:
    std::map<std::string, double> rates_;
};

}  // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    cv::setNumThreads(0);
    const mollify::test::TemporaryFolder drawn;
    const std::string folders[] = {argc > 1 ? argv[1] : drawn / "32", argc > 2 ? argv[2] : drawn / "178"};
    if (argc < 2) mollify::test::write_jpeg_folder(folders[0], 500, 32, 32);
    if (argc < 3) mollify::test::write_jpeg_folder(folders[1], 500, 178, 218);
    const Files small = read_files(folders[0]), large = read_files(folders[1]);

    const auto add = [](const std::string& task, const Files& files, const mollify::DecodeOptions& options) {
        for (auto* run :
             {benchmark::RegisterBenchmark((task + " stage").c_str(), with_stage, files, options),
              benchmark::RegisterBenchmark((task + " OpenCV").c_str(), with_opencv, files, options)}) {
            run->Unit(benchmark::kMicrosecond)->MinTime(0.3)->Repetitions(5);
        }
    };
    add("32x32", small, {.output = {3, 32, 32}});
    add("178x218 to 64x64", large, {.output = {3, 64, 64}, .crop = 148});
    RatioReporter reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter);
    return 0;
}
