#include <spdlog/spdlog.h>

#include <mollify/trainers/program/data/decode_warnings.hpp>

namespace mollify {

DecodeWarnings::~DecodeWarnings() {
    if (problems_.size() > 1) spdlog::warn("{}", text());
}

void DecodeWarnings::add(const std::string& file, const std::string& problem) {
    const std::lock_guard lock(mutex_);
    if (!problems_.emplace(file, problem).second || problems_.size() > 1) return;
    spdlog::warn("{}: {}; read all the same, as no pixel suffers (--set data.strict=true refuses such files)",
                 file, problem);
}

std::size_t DecodeWarnings::files() const {
    const std::lock_guard lock(mutex_);
    return problems_.size();
}

std::string DecodeWarnings::text() const {
    constexpr std::size_t kNamed = 10;
    const std::lock_guard lock(mutex_);
    if (problems_.empty()) return {};
    std::string text =
        std::to_string(problems_.size()) + " files were read although the decoder complained: ";
    std::size_t named = 0;
    for (const auto& [file, problem] : problems_) {
        if (named == kNamed) return text + ", …";
        text += (named++ == 0 ? "" : ", ") + file + " (" + problem + ")";
    }
    return text;
}

}  // namespace mollify
