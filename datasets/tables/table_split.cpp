#include <algorithm>
#include <cmath>
#include <utility>

#include <mollify/datasets/storage/fingerprint.hpp>
#include <mollify/datasets/tables/table_split.hpp>
#include <mollify/stages/error.hpp>

namespace mollify {

const std::vector<float>& TableSplit::part(Split split) const {
    switch (split) {
        case Split::validation:
            return validation;
        case Split::test:
            return test;
        case Split::train:
            break;
    }
    return train;
}

TableSplit split_and_standardize(const Table& table, std::string name) {
    const std::size_t rows = table.rows();
    const std::size_t columns = table.columns;
    const std::size_t test = rows / 10;
    const std::size_t validation = (rows - test) / 10;
    const std::size_t fitted = rows - test;
    if (test == 0 || validation == 0) {
        throw DataError(table.source, "", "has " + std::to_string(rows) + " rows, too few for three parts",
                        "use a table of at least 11 rows");
    }
    TableSplit split{std::move(name), table.names, {}, {}, {}, {}, {}};
    split.mean.assign(columns, 0.0);
    split.deviation.assign(columns, 0.0);
    for (std::size_t row = 0; row < fitted; ++row) {
        for (std::size_t column = 0; column < columns; ++column) split.mean[column] += table(row, column);
    }
    for (double& mean : split.mean) mean /= static_cast<double>(fitted);
    for (std::size_t row = 0; row < fitted; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
            const double centred = table(row, column) - split.mean[column];
            const double square = centred * centred;
            split.deviation[column] += square;
        }
    }
    for (std::size_t column = 0; column < columns; ++column) {
        double& deviation = split.deviation[column];
        deviation = std::sqrt(deviation / static_cast<double>(fitted));
        // The rounding of a constant column's mean may leave a speck of deviation: compare the values
        // themselves.
        bool constant = true;
        for (std::size_t row = 1; row < fitted && constant; ++row)
            constant = table(row, column) == table(0, column);
        if (constant || !(deviation > 0)) {
            throw DataError(
                table.source, table.describe(column),
                "all training and validation values are equal, so the column cannot be standardized",
                table.leaving_out({&column, 1}));
        }
        if (!std::isfinite(deviation)) {
            throw DataError(table.source, table.describe(column),
                            "the values are too large to be standardized", "rescale the column");
        }
    }
    const auto standardized = [&](std::size_t begin, std::size_t end) {
        std::vector<float> values;
        values.reserve((end - begin) * columns);
        for (std::size_t row = begin; row < end; ++row) {
            for (std::size_t column = 0; column < columns; ++column) {
                const double value = (table(row, column) - split.mean[column]) / split.deviation[column];
                values.push_back(static_cast<float>(value));
            }
        }
        return values;
    };
    split.train = standardized(0, fitted - validation);
    split.validation = standardized(fitted - validation, fitted);
    split.test = standardized(fitted, rows);
    return split;
}

TableDataset::TableDataset(std::shared_ptr<const TableSplit> table, Split split)
    : table_(std::move(table)), split_(split) {}

Format TableDataset::format() const { return {Content::values, SampleShape::features(table_->dimensions())}; }

void TableDataset::read(Batch& batch, const RowLoop&) const {
    require_readable(*this, batch);
    const std::size_t columns = table_->dimensions();
    const float* const source = table_->part(split_).data();
    float* target = batch.values().data();
    for (const SampleId id : batch.ids()) target = std::copy_n(source + id * columns, columns, target);
    batch.set_content(Content::values);
}

std::string TableDataset::origin(SampleId id) const {
    return table_->name + ", " + to_string(split_) + " row " + std::to_string(id);
}

std::string TableDataset::fingerprint() const {
    Fingerprint print;
    print.add(std::uint64_t{size()});
    print.add(std::uint64_t{table_->dimensions()});
    const auto& values = table_->part(split_);
    print.add(values.data(), values.size() * sizeof(float));
    return print.hex();
}

}  // namespace mollify
