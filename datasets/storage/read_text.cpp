#include <fstream>
#include <sstream>

#include <mollify/datasets/storage/read_text.hpp>

namespace mollify {

std::optional<std::string> read_text(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::ostringstream content;
    content << in.rdbuf();
    if (!in) return std::nullopt;
    return content.str();
}

}  // namespace mollify
