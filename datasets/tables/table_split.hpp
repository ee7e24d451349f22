#pragma once
/// \file Training, validation and test parts of a table, standardized, and the data sets that deliver them.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <mollify/datasets/dataset.hpp>
#include <mollify/datasets/split.hpp>
#include <mollify/datasets/tables/table.hpp>

namespace mollify {

/// What split_and_standardize makes: three float32 arrays, row-major, rows×D, in the order of the table.
struct TableSplit {
    std::string name;                  ///< such as "uci/redwine"
    std::vector<std::string> columns;  ///< names of the D columns; may be empty
    std::vector<double> mean;          ///< of each column, over training and validation rows
    std::vector<double> deviation;     ///< population standard deviation over the same rows
    std::vector<float> train;
    std::vector<float> validation;
    std::vector<float> test;

    std::size_t dimensions() const { return mean.size(); }
    const std::vector<float>& part(Split split) const;
    std::size_t rows(Split split) const { return part(split).size() / dimensions(); }
};

/// Splits by position and standardizes, as Tran et al. (2023) do with UCI tables: the last floor(N/10) rows
/// are for test, the last floor(1/10) of the rest for validation, nothing is shuffled; x <- (x -
/// mean)/deviation with both taken over training and validation rows. Plain float64 sums from the first row
/// to the last, so that mean, deviation and float32 values equal, bit for bit, what NumPy's mean(axis=0) and
/// std(axis=0) give on a C-order array. Throws DataError for fewer than 11 rows (each part must have one) and
/// for a constant column.
TableSplit split_and_standardize(const Table& table, std::string name);

/// One part of a split table as a data set: `values` of D features, no labels.
class TableDataset : public Dataset {
  public:
    TableDataset(std::shared_ptr<const TableSplit> table, Split split);

    std::size_t size() const override { return table_->rows(split_); }
    Format format() const override;
    void read(Batch& batch, const RowLoop& rows = serial_rows) const override;
    std::string name() const override { return table_->name; }
    std::string origin(SampleId id) const override;
    std::string fingerprint() const override;

    const TableSplit& table() const { return *table_; }

  private:
    std::shared_ptr<const TableSplit> table_;
    Split split_;
};

}  // namespace mollify
