#include <algorithm>
#include <cctype>
#include <string>

#include <mollify/datasets/storage/file_type.hpp>
#include <mollify/datasets/tables/npy.hpp>
#include <mollify/datasets/tables/read_table.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

std::string lower_ending(const std::filesystem::path& path) {
    std::string ending = path.extension().string();
    std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
    return ending;
}

}  // namespace

Table read_table(const std::filesystem::path& path, const CsvOptions& options) {
    const auto& type = file_type(path);
    switch (type.kind) {
        case FileType::Kind::npy:
            refuse_text_options(path, options);
            return read_npy_table(path, options.columns);
        case FileType::Kind::text:
            for (const char* const ending : {".npy", ".npz", ".h5", ".hdf5"}) {
                if (lower_ending(path) != ending || std::filesystem::is_empty(path)) continue;
                throw DataError(path.string(), "", "is text, not what its name says",
                                "if it is a table, name it .csv; else copy or download it again");
            }
            return read_csv(path, options);
        default:
            throw DataError(path.string(), "", std::string("is ") + type.name, type.remedy);
    }
}

void refuse_text_options(const std::filesystem::path& path, const CsvOptions& options) {
    const CsvOptions untouched;
    std::string set;
    if (options.delimiter != untouched.delimiter) set += "data.delimiter, ";
    if (options.decimal != untouched.decimal) set += "data.decimal, ";
    if (options.header != untouched.header) set += "data.header, ";
    if (set.empty()) return;
    throw ConfigError(set.substr(0, set.size() - 2) + ": '" + path.string() +
                      "' is no text, and these are for text");
}

}  // namespace mollify
