#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>
#include <system_error>

#include <mollify/datasets/images/drawn_images.hpp>
#include <mollify/datasets/storage/atomic_file.hpp>
#include <mollify/datasets/storage/read_text.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/kernel/philox.hpp>

namespace mollify {
namespace {

constexpr int kSide = 32;
constexpr std::uint64_t kWordsForImages = 2;  // beside those of the other synthetic sets
constexpr const char* kDescription = "drawn.txt";

/// The classes, by label.
enum Shape { disc, square, triangle, ring, cross, stripes, checker, gradient, star, waves };

/// Uniform numbers of one image, in the order in which they are asked for.
class Numbers {
  public:
    Numbers(std::uint64_t seed, SampleId id) : key_(philox_key(seed)), id_(id) {}

    std::uint32_t word() {
        if (used_ == 4) {
            words_ = philox4x32(philox_counter(Stream::synthesize, kWordsForImages, id_, block_++), key_);
            used_ = 0;
        }
        return words_[used_++];
    }
    /// In [low, high).
    float between(float low, float high) {
        return low + (high - low) * static_cast<float>(word() >> 8) * 0x1p-24F;
    }

  private:
    PhiloxKey key_;
    SampleId id_;
    PhiloxWords words_{};
    std::uint32_t block_ = 0;
    std::uint32_t used_ = 4;
};

struct Vector {
    float x, y;
};

float dot(Vector a, Vector b) { return a.x * b.x + a.y * b.y; }

using Colour = std::array<float, 3>;

Colour random_colour(Numbers& numbers, float low, float high) {
    return {numbers.between(low, high), numbers.between(low, high), numbers.between(low, high)};
}

float distance(const Colour& a, const Colour& b) {
    float sum = 0;
    for (int i = 0; i < 3; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return std::sqrt(sum);
}

/// A unit vector. Not quite uniform in angle, and without trigonometry.
Vector random_direction(Numbers& numbers) {
    for (;;) {
        const Vector v{numbers.between(-1, 1), numbers.between(-1, 1)};
        const float length = std::sqrt(dot(v, v));
        if (length > 0.1F && length < 1) return {v.x / length, v.y / length};
    }
}

/// Distance from `value` to the nearest boundary of a pattern of bands, each `width` wide: positive inside
/// even bands.
float bands(float value, float width) {
    const float phase = value / (2 * width) - std::floor(value / (2 * width));  // one period is [0, 1)
    return 2 * width * std::min(std::min(phase, std::fabs(0.5F - phase)), 1 - phase) *
           (phase < 0.5F ? 1.0F : -1.0F);
}

/// Signed distances in pixels, positive inside; `p` is relative to the shape's centre, in its turned frame.
float inside(Shape shape, Vector p, float size) {
    const float ax = std::fabs(p.x);
    const float ay = std::fabs(p.y);
    const float length = std::sqrt(dot(p, p));
    switch (shape) {
        case disc:
            return size - length;
        case square:
            return 0.85F * size - std::max(ax, ay);
        case triangle:
            return 0.55F * size - std::max(0.8660254F * ax + 0.5F * p.y, -p.y);
        case ring:
            return 0.22F * size - std::fabs(length - 0.8F * size);
        case cross:
            return std::min(size - std::max(ax, ay), 0.3F * size - std::min(ax, ay));
        case stripes:
            return bands(p.x, 0.35F * size);
        case checker: {
            const float x = bands(p.x, 0.5F * size);
            const float y = bands(p.y, 0.5F * size);
            return (x > 0) == (y > 0) ? std::min(std::fabs(x), std::fabs(y))
                                      : -std::min(std::fabs(x), std::fabs(y));
        }
        case star: {  // four points between four arcs
            const float reach = 1.15F * size;
            const Vector corner{ax - reach, ay - reach};
            return std::min(std::sqrt(dot(corner, corner)) - 0.93F * reach, 1.1F * reach - ax - ay);
        }
        case gradient:
            return p.x / (2.6F * size);  // covers by and by
        case waves: {                    // bands that follow a parabola from wave to wave
            const float x = p.x / (1.6F * size) - std::floor(p.x / (1.6F * size)) - 0.5F;  // [-0.5, 0.5)
            const float wave =
                (x < 0 ? 1.0F : -1.0F) * (std::fabs(x) * (0.5F - std::fabs(x))) * 16;  // -1 to 1
            return bands(p.y + 0.3F * size * wave, 0.32F * size);
        }
    }
    return 0;
}

std::string description(const DrawnOptions& options) {
    std::ostringstream text;
    text << "mollify drawn images, version 1\nseed " << options.seed << "\ntrain " << options.train
         << "\ntest " << options.test << "\n";
    return text.str();
}

/// Whether the folder holds the set already. Throws where it holds another one, or something else.
bool is_complete(const std::filesystem::path& folder, const DrawnOptions& options) {
    std::error_code error;
    const auto status = std::filesystem::status(folder, error);
    if (status.type() == std::filesystem::file_type::not_found) return false;
    if (is_directory(status) && std::filesystem::is_empty(folder, error)) return false;
    if (error) {
        throw DataError(folder.string(), "", "cannot be looked at: " + error.message(),
                        "choose another folder");
    }
    if (read_text(folder / kDescription) != description(options)) {
        throw DataError(folder.string(), kDescription,
                        "does not describe the drawn images that are asked for",
                        "choose another folder, or remove this one");
    }
    return true;
}

void write_images(const std::filesystem::path& path, std::uint64_t seed, SampleId begin, SampleId end) {
    constexpr std::size_t kRecord = kCifar10.record_bytes();
    constexpr std::size_t kChunk = 256;
    AtomicFile file(path);
    std::vector<std::uint8_t> records;
    for (SampleId id = begin; id < end;) {
        const std::size_t count = std::min<std::size_t>(kChunk, end - id);
        records.resize(count * kRecord);
        for (std::size_t i = 0; i < count; ++i, ++id) {
            std::uint8_t* const record = records.data() + i * kRecord;
            const std::span<std::uint8_t, CifarLayout::kShape.elements()> image(
                record + 1, CifarLayout::kShape.elements());
            record[0] = static_cast<std::uint8_t>(draw_image(seed, id, image));
        }
        file.write(std::as_bytes(std::span(records)));
    }
    file.commit();
}

}  // namespace

const std::vector<std::string>& drawn_class_names() {
    static const std::vector<std::string> names{"disc",    "square",  "triangle", "ring", "cross",
                                                "stripes", "checker", "gradient", "star", "waves"};
    return names;
}

Label draw_image(std::uint64_t seed, SampleId id,
                 std::span<std::uint8_t, CifarLayout::kShape.elements()> image) {
    Numbers numbers(seed, id);
    const auto shape = static_cast<Shape>((std::uint64_t{numbers.word()} * 10) >> 32);
    const Colour background = random_colour(numbers, 20, 235);
    Colour ink = random_colour(numbers, 10, 245);
    while (distance(ink, background) < 90) ink = random_colour(numbers, 10, 245);
    const float size = numbers.between(6.5F, 12);
    const Vector centre{numbers.between(11, 21), numbers.between(11, 21)};
    const Vector turn = random_direction(numbers);
    const Vector slope = random_direction(numbers);
    const float light = numbers.between(0.2F, 1);  // grey levels per pixel, along `slope`

    constexpr float kMiddle = 0.5F * (kSide - 1);
    for (int row = 0; row < kSide; ++row) {
        for (int column = 0; column < kSide; ++column) {
            const Vector at{static_cast<float>(column), static_cast<float>(row)};
            const Vector from{at.x - centre.x, at.y - centre.y};
            const Vector turned{dot(from, turn), from.y * turn.x - from.x * turn.y};
            // The share of the pixel that the shape covers, from the distance of its middle to the edge.
            const float ink_share = std::clamp(0.5F + inside(shape, turned, size), 0.0F, 1.0F);
            const float shade = light * dot({at.x - kMiddle, at.y - kMiddle}, slope);
            for (int channel = 0; channel < 3; ++channel) {
                const float value =
                    background[channel] + ink_share * (ink[channel] - background[channel]) + shade;
                image[(channel * kSide + row) * kSide + column] =
                    static_cast<std::uint8_t>(std::clamp(value, 0.0F, 255.0F) + 0.5F);
            }
        }
    }
    return shape;
}

void ensure_drawn_cifar10(const std::filesystem::path& path, const DrawnOptions& options) {
    constexpr std::size_t kFiles = 5;
    std::vector<std::string> problems;
    if (options.train < kFiles)
        problems.push_back("drawn images: train must be at least 5, one for each file");
    if (options.test < 1) problems.push_back("drawn images: test must be at least 1");
    if (!problems.empty()) throw ConfigError(std::move(problems));
    auto folder = std::filesystem::absolute(path).lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();  // of "a/b/"
    if (is_complete(folder, options)) return;
    remove_leftovers(folder);

    const auto partial = temporary_name(folder);
    std::error_code failure;
    std::filesystem::create_directories(partial, failure);
    if (failure) {
        throw DataError(folder.string(), "", "cannot make the folder: " + failure.message(),
                        "check the path and its permissions");
    }
    try {
        for (std::size_t i = 0; i < kFiles; ++i) {
            write_images(partial / ("data_batch_" + std::to_string(i + 1) + ".bin"), options.seed,
                         i * options.train / kFiles, (i + 1) * options.train / kFiles);
        }
        write_images(partial / "test_batch.bin", options.seed, options.train, options.train + options.test);
        std::string names;
        for (const auto& name : drawn_class_names()) names += name + "\n";
        write_text(partial / "batches.meta.txt", names);
        write_text(partial / kDescription, description(options));
        std::filesystem::rename(partial, folder, failure);
        // Another process may have been first: then its folder is there, whole, and ours is not needed.
        if (failure && !is_complete(folder, options)) {
            throw DataError(folder.string(), "", "cannot rename the finished folder: " + failure.message(),
                            "check the path and its permissions");
        }
    } catch (...) {
        std::filesystem::remove_all(partial, failure);
        throw;
    }
    std::filesystem::remove_all(partial, failure);
    sync_folder(folder.parent_path());
}

}  // namespace mollify
