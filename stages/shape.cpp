#include <mollify/stages/shape.hpp>

namespace mollify {

std::string to_string(const SampleShape& shape) {
    std::string text = std::to_string(shape.channels);
    if (shape.is_image()) text += "x" + std::to_string(shape.height) + "x" + std::to_string(shape.width);
    return text;
}

const char* to_string(Content content) {
    switch (content) {
        case Content::encoded:
            return "encoded";
        case Content::bytes:
            return "bytes";
        case Content::values:
            return "values";
    }
    return "unknown";
}

}  // namespace mollify
