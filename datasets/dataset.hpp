#pragma once
/// \file Where samples come from.

#include <cstddef>
#include <memory>
#include <string>

#include <mollify/stages/batch.hpp>

namespace mollify {

/// A finite, indexed set of samples: no order, no noise, no state that reading changes.
/// All members are thread-safe after construction; errors are DataError with file and place.
class Dataset {
  public:
    virtual ~Dataset() = default;

    /// Number of samples; ids run from 0 to size()-1.
    virtual std::size_t size() const = 0;

    /// The form in which read() delivers samples.
    virtual Format format() const = 0;

    /// Reads the samples `batch.ids()` into the rows of the batch (encoded(row), bytes(row) or values(row),
    /// by format().content), sets their labels, and calls batch.set_content(format().content). A data set that
    /// keeps its bytes in memory may lend them instead (Batch::lend). Sets whose rows take long to read walk
    /// over them by `rows`, so that a graph can read several at once.
    virtual void read(Batch& batch, const RowLoop& rows = serial_rows) const = 0;

    /// Short name of the kind of data, such as "cifar10" or "uci/redwine".
    virtual std::string name() const = 0;

    /// Where one sample comes from, for messages: a path, or a path and a record. `id` < size().
    virtual std::string origin(SampleId id) const = 0;

    /// A string that changes when the content changes (sizes, shapes, hashes of files or values). Checkpoints
    /// hold it and refuse to go on with other data.
    virtual std::string fingerprint() const = 0;
};

using DatasetPtr = std::shared_ptr<const Dataset>;

/// Throws ConfigError unless `batch` has memory of the form and shape that `dataset` delivers, and DataError
/// for an id that is not below its size. What every read() begins with.
void require_readable(const Dataset& dataset, const Batch& batch);
/// Throws DataError unless `id` is below the size of `dataset`.
void require_sample(const Dataset& dataset, SampleId id);

}  // namespace mollify
