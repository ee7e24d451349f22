#pragma once
/// \file h5py as the other side of our HDF5 files.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include <mollify/tests/support/skip.hpp>
#include <mollify/tests/support/temporary_folder.hpp>

namespace mollify::test {

/// Whether there is a Python with h5py and NumPy; where there is none the test is skipped, and ends
/// early.
inline bool have_h5py() {
    static const bool found =
        // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread changes what the shell inherits
        std::system("\"" MOLLIFY_PYTHON "\" -c 'import h5py, numpy' >/dev/null 2>&1") == 0;
    if (!found) skip("no Python with h5py");
    return found;
}

/// Runs a script in `folder`, with h5py, numpy as np, and hash(array) (FNV-1a) at hand; its output.
inline std::string run_python(const TemporaryFolder& folder, const std::string& script) {
    const std::string prelude =
        "import h5py, numpy as np\n"
        "def hash(array):\n"
        "    h = 0xcbf29ce484222325\n"
        "    for c in np.ascontiguousarray(array).tobytes(): h = ((h ^ c) * 0x100000001b3) & (2**64 - 1)\n"
        "    return '%016x' % h\n";
    const auto path = folder.write("script.py", prelude + script);
    const auto output = folder / "output.txt";
    const std::string command = "cd '" + folder.path().string() + "' && \"" MOLLIFY_PYTHON "\" '" +
                                path.string() + "' >'" + output.string() + "' 2>&1";
    const int status = std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe): as above
    auto text = content_of(output);
    REQUIRE_MESSAGE(status == 0, text);
    return text;
}

}  // namespace mollify::test
