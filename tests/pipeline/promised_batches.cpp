#include <array>
#include <memory>
#include <stdexcept>

#include <mollify/datasets/images/cifar.hpp>
#include <mollify/datasets/images/drawn_images.hpp>
#include <mollify/datasets/images/image_folder.hpp>
#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/datasets/tables/table_split.hpp>
#include <mollify/pipeline/chain.hpp>
#include <mollify/stages/decode/decode.hpp>
#include <mollify/stages/mollifier.hpp>
#include <mollify/tests/pipeline/promised_batches.hpp>
#include <mollify/tests/support/jpeg_folder.hpp>

namespace mollify::test {
namespace {

/// Any numbers will do, as long as they differ.
Table uci_sized_table() {
    Table table{.source = "made up", .names = {}, .columns = 11, .values = {}};
    for (std::uint32_t i = 0; i < 1599 * 11; ++i) table.values.push_back((i * 2654435761u) % 1000);
    return table;
}

}  // namespace

Recipe promised_recipe(const std::string& source, const std::filesystem::path& folder,
                       const PipelineOptions& options) {
    const auto mollifier = Mollifier::gaussian(Schedule({.duration = 150}), 11);
    if (source == "cifar") {
        ensure_drawn_cifar10(folder / "cifar", {.train = 500, .test = 10});
        const auto data = std::make_shared<Cifar>(
            Cifar::cifar10(folder / "cifar", Split::train, {.official_size = false, .coarse_labels = false}));
        return (from(data, options) | Normalize::to_symmetric_range() | mollifier).recipe();
    }
    if (source == "jpeg") {
        if (!std::filesystem::exists(folder / "jpeg")) write_jpeg_folder(folder / "jpeg", 120, 178, 218);
        const auto data = std::make_shared<ImageFolder>((folder / "jpeg").string());
        return (from(data, options) | Decode({.output = {3, 64, 64}, .crop = 148}) |
                Normalize::to_symmetric_range() | mollifier)
            .recipe();
    }
    if (source == "uci") {
        const auto table = std::make_shared<TableSplit>(split_and_standardize(uci_sized_table(), "made up"));
        return (from(std::make_shared<TableDataset>(table, Split::train), options) | mollifier).recipe();
    }
    throw std::invalid_argument(source);
}

std::vector<std::string> digests(const Recipe& recipe, Iteration begin, Iteration end) {
    std::vector<std::string> out;
    for (Batch& batch : BatchRange(recipe, begin, end)) {
        Fingerprint digest;
        digest.add(batch.iteration()).add(batch.epoch());
        digest.add(std::as_bytes(batch.ids()));
        digest.add(std::as_bytes(std::span<const Label>(batch.labels())));
        digest.add(std::as_bytes(std::span<const float>(batch.values())));
        out.push_back(digest.hex());
    }
    return out;
}

}  // namespace mollify::test
