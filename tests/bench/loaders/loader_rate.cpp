/// \file How many samples per second one way of loading delivers: this project's pipeline, or the bare loop that bounds
/// it.
///
///   loader_rate cifar    pipeline|kernel  FOLDER THREADS [SECONDS]     CIFAR-10 records, shuffled
///   loader_rate jpeg32   pipeline|opencv  FOLDER THREADS [SECONDS]     JPEG files of 32×32
///   loader_rate jpeg178  pipeline|opencv  FOLDER THREADS [SECONDS]     JPEG files of 178×218, cropped, to 64×64
///   loader_rate make-jpeg FOLDER COUNT WIDTH HEIGHT                    files to measure on, where there are none
///
/// Batches of 128, normalized to [-1, 1] and mollified at a level of 0.36. Prints one line of JSON.

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <mollify/datasets/images/cifar.hpp>
#include <mollify/datasets/images/image_folder.hpp>
#include <mollify/pipeline/chain.hpp>
#include <mollify/stages/decode/decode.hpp>
#include <mollify/stages/kernel/philox.hpp>
#include <mollify/stages/mollifier.hpp>
#include <mollify/tests/support/jpeg_folder.hpp>

namespace {

using namespace mollify;
using Time = std::chrono::steady_clock;

constexpr std::size_t kBatch = 128;
constexpr double kWarmUp = 0.6;

double seconds_since(Time::time_point start) {
    return std::chrono::duration<double>(Time::now() - start).count();
}

Mollifier mollifier() {
    return Mollifier::gaussian(Schedule({.curve = Curve::constant, .duration = kAddressLimit, .level = 0.36}),
                               7);
}

/// Samples per second of a pipeline, after a warm-up.
template <class Last>
double pipeline_rate(const Chain<Last>& chain, double seconds) {
    Pipeline* running = nullptr;
    Time::time_point start = Time::now();
    bool warm = false;
    std::size_t samples = 0;
    double rate = 0;
    auto pipeline = chain | into([&](Batch& batch) {
                        if (!warm && seconds_since(start) < kWarmUp) return;
                        if (!warm) {
                            warm = true;
                            start = Time::now();
                            return;
                        }
                        samples += batch.size();
                        if (const double spent = seconds_since(start); spent > seconds) {
                            rate = static_cast<double>(samples) / spent;
                            running->stop();
                        }
                    });
    running = &pipeline;
    pipeline.run(kAddressLimit);
    std::cerr << pipeline.statistics();
    return rate;
}

/// Samples per second of `work(thread, step)`, which does `samples` of them, on so many threads.
double loop_rate(std::size_t threads, std::size_t samples, double seconds,
                 const std::function<void(std::size_t, std::size_t)>& work) {
    std::atomic<std::size_t> steps = 0;
    const auto phase = [&](double limit) {
        steps = 0;
        const auto start = Time::now();
        std::vector<std::thread> pool;
        for (std::size_t thread = 0; thread < threads; ++thread) {
            pool.emplace_back([&, thread] {
                for (std::size_t step = 0; seconds_since(start) < limit; ++step, ++steps) work(thread, step);
            });
        }
        for (auto& thread : pool) thread.join();
        return static_cast<double>(steps * samples) / seconds_since(start);
    };
    phase(kWarmUp);
    return phase(seconds);
}

/// The kernel alone, on batches that are already there.
double kernel_rate(const Cifar& data, std::size_t threads, double seconds) {
    std::vector<std::unique_ptr<Batch>> batches;
    std::vector<SampleId> ids(kBatch);
    for (std::size_t i = 0; i < kBatch; ++i) ids[i] = i;
    for (std::size_t thread = 0; thread < threads; ++thread) {
        batches.push_back(std::make_unique<Batch>(
            BatchLayout{.capacity = kBatch, .shape = CifarLayout::kShape, .bytes = true}));
        batches.back()->admit(thread, 0, ids);
        data.read(*batches.back());
    }
    const auto stage = fuse(Normalize::to_symmetric_range(), mollifier());
    return loop_rate(threads, kBatch, seconds, [&](std::size_t thread, std::size_t) {
        batches[thread]->set_content(Content::bytes);
        stage(*batches[thread]);
    });
}

std::vector<unsigned char> content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    std::vector<unsigned char> content(static_cast<std::size_t>(file.tellg()));
    file.seekg(0);
    file.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(content.size()));
    return content;
}

/// Read, cv::imdecode, crop, cv::resize, to planes: what a loop over files costs with OpenCV and nothing else.
double opencv_rate(const ImageFolder& data, std::size_t crop, int side, std::size_t threads, double seconds) {
    cv::setNumThreads(0);
    const auto extent = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
    std::vector<std::vector<std::uint8_t>> planes(threads, std::vector<std::uint8_t>(3 * extent));
    return loop_rate(threads, 1, seconds, [&](std::size_t thread, std::size_t step) {
        const auto file = content_of(data.origin((step * threads + thread) * 7919 % data.size()));
        cv::Mat image = cv::imdecode(file, cv::IMREAD_COLOR);
        if (crop) {
            const int edge = static_cast<int>(crop);
            image = image(cv::Rect((image.cols - edge) / 2, (image.rows - edge) / 2, edge, edge));
        }
        cv::Mat out = image;
        if (image.cols != side) cv::resize(image, out, {side, side}, 0, 0, cv::INTER_AREA);
        cv::Mat channels[3];
        for (std::size_t c = 0; c < 3; ++c) {
            channels[c] = cv::Mat(side, side, CV_8U, planes[thread].data() + (2 - c) * extent);
        }
        cv::split(out, channels);
    });
}

int run(const std::vector<std::string>& arguments) {
    const auto& task = arguments.at(0);
    if (task == "make-jpeg") {
        test::write_jpeg_folder(arguments.at(1), std::stoul(arguments.at(2)), std::stoi(arguments.at(3)),
                                std::stoi(arguments.at(4)));
        return 0;
    }
    const auto& contender = arguments.at(1);
    const auto& folder = arguments.at(2);
    const std::size_t threads = std::stoul(arguments.at(3));
    const double seconds = arguments.size() > 4 ? std::stod(arguments[4]) : 1.5;
    const PipelineOptions options{.batch_size = kBatch, .seed = 7, .threads = threads};
    double rate = 0;
    if (task == "cifar") {
        const auto data = std::make_shared<Cifar>(Cifar::cifar10(folder, Split::train));
        rate =
            contender == "kernel"
                ? kernel_rate(*data, threads, seconds)
                : pipeline_rate(from(data, options) | Normalize::to_symmetric_range() | mollifier(), seconds);
    } else {
        const bool large = task == "jpeg178";
        const auto data = std::make_shared<ImageFolder>(folder);
        const std::size_t side = large ? 64 : 32;
        const std::size_t crop = large ? 148 : 0;
        rate = contender == "opencv"
                   ? opencv_rate(*data, crop, static_cast<int>(side), threads, seconds)
                   : pipeline_rate(from(data, options) | Decode({.output = {3, side, side}, .crop = crop}) |
                                       Normalize::to_symmetric_range() | mollifier(),
                                   seconds);
    }
    std::cout << R"({"rate": )" << rate << "}\n";
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run({argv + 1, argv + argc});
    } catch (const std::out_of_range&) {
        std::cerr << "usage: see the head of tests/bench/loaders/loader_rate.cpp\n";
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
    }
    return 1;
}
