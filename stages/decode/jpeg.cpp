#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <string>

#include <jerror.h>  // needs jpeglib.h before it
#include <jpeglib.h>

#include <mollify/stages/decode/codec.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

bool four_inks(const Extract& extract) { return extract.header.channels == 4; }

std::uint8_t without(std::uint8_t ink, std::uint8_t paper) {  // paper·(255 - ink)/255, rounded as Pillow does
    const unsigned product = unsigned{ink} * paper + 128;
    return static_cast<std::uint8_t>(paper - ((product >> 8) + product) / 256);
}

/// Four inverted inks a pixel become four bytes (red, green, blue and one without meaning) or one of grey, in place.
void mix_inks(std::uint8_t* row, std::size_t pixels, std::size_t channels) {
    std::uint8_t* out = row;
    for (const std::uint8_t* in = row; in != row + 4 * pixels; in += 4) {
        std::uint8_t colour[3];
        for (int i = 0; i < 3; ++i) colour[i] = without(static_cast<std::uint8_t>(255 - in[i]), in[3]);
        if (channels == 1) {
            *out++ = luma(colour[0], colour[1], colour[2]);
        } else {
            std::copy_n(colour, 3, out);
            out += 4;
        }
    }
}

constexpr int kMostScans = 500;  // a small file of many scans would take minutes

/// A libjpeg decoder for one file. Its errors come back through longjmp, so nothing with a destructor lives
/// between read() and the library; what an error leaves behind is here.
class JpegReader {
  public:
    JpegReader(std::span<const std::byte> file, const Extract& extract) : file_(file), extract_(extract) {
        info_.err = jpeg_std_error(&errors_);
        errors_.error_exit = [](j_common_ptr info) { self(info).give_up(); };
        errors_.emit_message = [](j_common_ptr info, int level) {
            if (level < 0) self(info).judge_warning();
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
        info_.out_color_space = four_inks(extract_)      ? JCS_CMYK
                                : extract_.channels == 1 ? JCS_GRAYSCALE
                                                         : JCS_EXT_RGBX;
        jpeg_start_decompress(&info_);
        crop_columns();
        const Region& region = extract_.region;
        if (region.top > 0) jpeg_skip_scanlines(&info_, static_cast<JDIMENSION>(region.top));
        for (std::size_t row = 0; row < region.height; ++row) {
            JSAMPROW line = pixels + row * stride;
            if (jpeg_read_scanlines(&info_, &line, 1) != 1) give_up("rows are missing");
        }
        if (info_.output_scanline == info_.output_height) jpeg_finish_decompress(&info_);
        return true;
    }

    std::size_t left() const { return left_; }
    const std::string& problem() const { return problem_; }
    const std::string& tolerated() const { return tolerated_; }
    std::size_t byte() const { return byte_; }

  private:
    static JpegReader& self(j_common_ptr info) { return *static_cast<JpegReader*>(info->client_data); }

    std::string message() {
        char text[JMSG_LENGTH_MAX];
        errors_.format_message(reinterpret_cast<j_common_ptr>(&info_), text);
        return text;
    }

    /// Passes what leaves every pixel as it was encoded; the rest is damage.
    void judge_warning() {
        const int last_marker = errors_.msg_parm.i[1];
        const bool within_scan = last_marker >= JPEG_RST0 && last_marker <= JPEG_RST0 + 7;
        const bool harmless = errors_.msg_code == JWRN_JFIF_MAJOR ||
                              errors_.msg_code == JWRN_NOT_SEQUENTIAL ||
                              (errors_.msg_code == JWRN_EXTRANEOUS_DATA && !within_scan);
        if (!harmless) give_up();
        if (tolerated_.empty()) tolerated_ = message();
    }

    [[noreturn]] void give_up(const char* problem = nullptr) {
        problem_ = problem ? problem : message();
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
    std::string tolerated_;
    std::size_t byte_ = 0;
};

}  // namespace

PixelView decode_jpeg(std::span<const std::byte> file, const Extract& extract,
                      std::vector<std::uint8_t>& memory, std::string& tolerated) {
    const Region& region = extract.region;
    PixelView view{.width = region.width, .height = region.height, .channels = extract.channels};
    view.stride = extract.header.width * (four_inks(extract) ? 4 : view.pixel_bytes());
    const std::size_t needed = view.stride * region.height + kReadPast;
    if (memory.size() < needed) memory.resize(needed);
    JpegReader reader(file, extract);
    if (!reader.read(memory.data(), view.stride)) {
        throw DataError("", "byte " + std::to_string(reader.byte()),
                        "the JPEG is damaged: " + reader.problem(),
                        "copy or download it again, or remove it");
    }
    if (!reader.tolerated().empty()) tolerated = reader.tolerated();
    if (four_inks(extract)) {
        for (std::size_t row = 0; row < region.height; ++row)
            mix_inks(memory.data() + row * view.stride, extract.header.width, extract.channels);
    }
    view.data = memory.data() + (region.left - reader.left()) * view.pixel_bytes();
    return view;
}

}  // namespace mollify
