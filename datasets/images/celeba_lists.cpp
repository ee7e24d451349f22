#include <algorithm>
#include <charconv>
#include <unordered_map>

#include <mollify/datasets/images/celeba_lists.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {
namespace {

constexpr const char* kRestore = "restore the list as it was distributed";

/// The lines of one list, split into cells; knows where it is for messages.
class ListReader {
  public:
    ListReader(std::string_view text, const std::string& path) : text_(text), path_(path) {
        if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);  // UTF-8's byte order mark
        while (!text_.empty() && (text_.back() == '\n' || text_.back() == '\r')) text_.remove_suffix(1);
        comma_separated_ = text_.starts_with("image_id") || text_.starts_with("\"image_id\"");
    }

    bool comma_separated() const { return comma_separated_; }
    std::size_t line() const { return line_; }

    /// Reads the next line into cells(); false at the end.
    bool next() {
        if (text_.empty()) return false;
        ++line_;
        const std::size_t end = std::min(text_.find('\n'), text_.size());
        std::string_view rest = text_.substr(0, end);
        text_.remove_prefix(std::min(end + 1, text_.size()));
        if (rest.ends_with('\r')) rest.remove_suffix(1);
        cells_.clear();
        if (comma_separated_) {
            for (bool more = true; more;) {
                const std::size_t comma = rest.find(',');
                more = comma != rest.npos;
                cells_.push_back(without_quotes(rest.substr(0, comma)));
                rest.remove_prefix(more ? comma + 1 : rest.size());
            }
        } else {
            constexpr std::string_view kBlank = " \t";
            for (std::size_t begin = 0; (begin = rest.find_first_not_of(kBlank)) != rest.npos;) {
                const std::size_t stop = std::min(rest.find_first_of(kBlank, begin), rest.size());
                cells_.push_back(rest.substr(begin, stop - begin));
                rest.remove_prefix(stop);
            }
        }
        return true;
    }

    const std::vector<std::string_view>& cells() const { return cells_; }

    [[noreturn]] void refuse(const std::string& problem) const {
        refuse_at("line " + std::to_string(line_), problem);
    }
    [[noreturn]] void refuse(std::size_t cell, const std::string& expected) const {
        refuse_at("line " + std::to_string(line_) + ", column " + std::to_string(cell + 1),
                  "'" + std::string(cells_[cell].substr(0, 40)) + "' where " + expected + " is expected");
    }

    void require_cells(std::size_t count) const {
        if (cells_.size() != count) {
            refuse(std::to_string(cells_.size()) + " columns where " + std::to_string(count) +
                   " are expected");
        }
    }

    /// The name of an image, which must not lead out of the folder of images.
    std::string file_name() const {
        const std::string_view name = cells_[0];
        const bool plain = std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7f && c != '/'; });
        if (name.empty() || name.starts_with('.') || !plain)
            refuse(0, "the name of a file such as 000001.jpg");
        return std::string(name);
    }

    /// An integer from `least` to `most`.
    int number(std::size_t cell, int least, int most, const char* expected) const {
        const std::string_view text = cells_[cell];
        int value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool whole = error == std::errc() && end == text.data() + text.size();
        if (!whole || value < least || value > most) refuse(cell, expected);
        return value;
    }

  private:
    static std::string_view without_quotes(
        std::string_view cell) {  // no cell of these lists holds commas or quotes
        const bool quoted = cell.size() >= 2 && cell.front() == '"' && cell.back() == '"';
        return quoted ? cell.substr(1, cell.size() - 2) : cell;
    }

    [[noreturn]] void refuse_at(const std::string& where, const std::string& problem) const {
        throw DataError(path_, where, problem, kRestore);
    }

    std::string_view text_;
    const std::string& path_;
    bool comma_separated_ = false;
    std::size_t line_ = 0;
    std::vector<std::string_view> cells_;
};

}  // namespace

CelebAPartition parse_celeba_partition(std::string_view text, const std::string& path) {
    ListReader reader(text, path);
    CelebAPartition partition;
    if (reader.comma_separated()) {
        reader.next();
        reader.require_cells(2);
        partition.first_line = 2;
    }
    std::unordered_map<std::string, std::size_t> lines;  // by name
    while (reader.next()) {
        reader.require_cells(2);
        partition.files.push_back(reader.file_name());
        partition.parts.push_back(
            static_cast<Split>(reader.number(1, 0, 2, "0 (train), 1 (validation) or 2 (test)")));
        const auto [before, is_new] = lines.emplace(partition.files.back(), reader.line());
        if (!is_new) {
            const Split other = partition.parts[before->second - partition.first_line];
            reader.refuse("names " + before->first + " (" + to_string(partition.parts.back()) +
                          ") a second time: line " + std::to_string(before->second) + " has it (" +
                          to_string(other) + ")");
        }
    }
    if (partition.files.empty()) throw DataError(path, "", "the list has no entries", kRestore);
    return partition;
}

CelebAAttributes parse_celeba_attributes(std::string_view text, const std::string& path) {
    constexpr std::size_t kMostAttributes = 64;
    ListReader reader(text, path);
    CelebAAttributes attributes;
    int announced = -1;
    if (!reader.comma_separated()) {
        if (!reader.next()) throw DataError(path, "", "the list has no entries", kRestore);
        reader.require_cells(1);
        announced = reader.number(0, 1, 100'000'000, "the number of images");
    }
    if (!reader.next()) throw DataError(path, "", "the list has no attributes", kRestore);
    for (std::size_t i = reader.comma_separated() ? 1 : 0; i < reader.cells().size(); ++i) {
        attributes.names.emplace_back(reader.cells()[i]);
        if (attributes.names.back().empty()) reader.refuse(i, "the name of an attribute");
    }
    const std::size_t count = attributes.names.size();
    if (count == 0 || count > kMostAttributes) {
        reader.refuse(std::to_string(count) + " attributes where 1 to 64 are expected");
    }
    while (reader.next()) {
        reader.require_cells(1 + count);
        attributes.files.push_back(reader.file_name());
        std::uint64_t bits = 0;
        for (std::size_t k = 0; k < count; ++k) {
            const int value = reader.number(1 + k, -1, 1, "-1 or 1");
            if (value == 0) reader.refuse(1 + k, "-1 or 1");
            if (value == 1) bits |= std::uint64_t{1} << k;
        }
        attributes.bits.push_back(bits);
    }
    if (attributes.files.empty()) throw DataError(path, "", "the list has no entries", kRestore);
    if (announced >= 0 && attributes.files.size() != static_cast<std::size_t>(announced)) {
        throw DataError(path, "line 1",
                        std::to_string(announced) + " images are announced, " +
                            std::to_string(attributes.files.size()) + " follow",
                        kRestore);
    }
    return attributes;
}

}  // namespace mollify
