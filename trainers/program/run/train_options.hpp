#pragma once
/// \file How a run is trained, beside what its configuration says.

#include <filesystem>

namespace mollify {

struct TrainOptions {
    std::filesystem::path folder;  ///< of the run
    bool resume = false;       ///< go on where the folder's last checkpoint stands, or begin if it has none
    bool quiet = false;        ///< no table, and no lines of evaluations (a study prints its own)
    bool accept_data = false;  ///< go on although the data have changed, which is recorded in the folder
};

}  // namespace mollify
