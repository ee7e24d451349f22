#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <string>

#include <jpeglib.h>

#include <mollify/stages/decode/codec.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

constexpr int kMostScans = 500;  // a small file of many scans would take minutes

/// A libjpeg decoder for one file. Its errors come back through longjmp, so nothing with a destructor lives
/// between read() and the library; what an error leaves behind is here.
class JpegReader {
  public:
    JpegReader(std::span<const std::byte> file, const Extract& extract) : file_(file), extract_(extract) {
        info_.err = jpeg_std_error(&errors_);
        errors_.error_exit = [](j_common_ptr info) { self(info).give_up(); };
        errors_.emit_message = [](j_common_ptr info, int level) {
            if (level < 0 && self(info).extract_.strict) self(info).give_up();
        };
        errors_.output_message = [](j_common_ptr) {};
        info_.client_data = this;
    }
    ~JpegReader() { jpeg_destroy_decompress(&info_); }
    JpegReader(const JpegReader&) = delete;
    JpegReader& operator=(const JpegReader&) = delete;

    /// Decodes the region's rows to `pixels`, `stride` bytes apart. Returns false after an error.
    /// Each row begins at column left() of the image and is at most as wide as the image.
    bool read(std::uint8_t* pixels, std::size_t stride) {
        if (setjmp(jump_)) return false;
        jpeg_create_decompress(&info_);  // clears all but err and client_data
        progress_.progress_monitor = [](j_common_ptr info) {
            auto& reader = self(info);
            if (reader.info_.input_scan_number > kMostScans) reader.give_up("more than 500 scans");
        };
        info_.progress = &progress_;
        jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(file_.data()), file_.size());
        jpeg_read_header(&info_, TRUE);
        if (info_.image_width != extract_.header.width || info_.image_height != extract_.header.height) {
            give_up("a second, different frame header");
        }
        info_.out_color_space = extract_.channels == 1 ? JCS_GRAYSCALE : JCS_EXT_RGBX;
        jpeg_start_decompress(&info_);
        crop_columns();
        const Region& region = extract_.region;
        if (region.top > 0) jpeg_skip_scanlines(&info_, static_cast<JDIMENSION>(region.top));
        for (std::size_t row = 0; row < region.height; ++row) {
            JSAMPROW line = pixels + row * stride;
            jpeg_read_scanlines(&info_, &line, 1);
        }
        if (info_.output_scanline == info_.output_height) jpeg_finish_decompress(&info_);
        return true;
    }

    std::size_t left() const { return left_; }
    const std::string& problem() const { return problem_; }
    std::size_t byte() const { return byte_; }

  private:
    static JpegReader& self(j_common_ptr info) { return *static_cast<JpegReader*>(info->client_data); }

    [[noreturn]] void give_up(const char* problem = nullptr) {
        if (problem) {
            problem_ = problem;
        } else {
            char text[JMSG_LENGTH_MAX];
            errors_.format_message(reinterpret_cast<j_common_ptr>(&info_), text);
            problem_ = text;
        }
        const auto* begin = reinterpret_cast<const JOCTET*>(file_.data());
        const JOCTET* next = info_.src ? info_.src->next_input_byte : begin;
        const bool inside =
            next >= begin && next <= begin + file_.size();  // else it reads the library's own end
        byte_ = inside ? static_cast<std::size_t>(next - begin) : file_.size();
        std::longjmp(jump_, 1);
    }

    // The library takes the columns it is given for the whole image, and smooths chroma differently at an
    // image's edges: the neighbours of the region are decoded with it.
    void crop_columns() {
        const Region& region = extract_.region;
        constexpr std::size_t kMargin = 16;
        const std::size_t begin = region.left - std::min(region.left, kMargin);
        const std::size_t end = std::min(region.left + region.width + kMargin, extract_.header.width);
        if (begin == 0 && end == extract_.header.width) return;
        auto first = static_cast<JDIMENSION>(begin), count = static_cast<JDIMENSION>(end - begin);
        jpeg_crop_scanline(&info_, &first, &count);  // moves `first` down to the edge of a block
        left_ = first;
    }

    std::span<const std::byte> file_;
    const Extract& extract_;
    jpeg_decompress_struct info_{};
    jpeg_error_mgr errors_{};
    jpeg_progress_mgr progress_{};
    std::jmp_buf jump_{};
    std::size_t left_ = 0;
    std::string problem_;
    std::size_t byte_ = 0;
};

}  // namespace

PixelView decode_jpeg(std::span<const std::byte> file, const Extract& extract,
                      std::vector<std::uint8_t>& memory) {
    const Region& region = extract.region;
    PixelView view{.width = region.width, .height = region.height, .channels = extract.channels};
    view.stride = extract.header.width * view.pixel_bytes();
    const std::size_t needed = view.stride * region.height + kReadPast;
    if (memory.size() < needed) memory.resize(needed);
    JpegReader reader(file, extract);
    if (!reader.read(memory.data(), view.stride)) {
        throw DataError(
            "", "byte " + std::to_string(reader.byte()), "the JPEG is damaged: " + reader.problem(),
            "copy or download it again, or decode with strict = false to take what is left of it");
    }
    view.data = memory.data() + (region.left - reader.left()) * view.pixel_bytes();
    return view;
}

}  // namespace mollify
