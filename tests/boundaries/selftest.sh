#!/usr/bin/env bash
# Plants one violation after another in an otherwise clean tree and demands that check.sh finds each and only it.
set -euo pipefail
check=$(cd "$(dirname "$0")" && pwd)/check.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree" "$tree.public"' EXIT
failures=0

# All headers count as installed but those whose name begins with private_.
run_check() {
    (cd "$tree" && find stages datasets pipeline trainers -name '*.h*' ! -name 'private_*') > "$tree.public" 2> /dev/null || true
    "$check" "$tree" "$tree.public"
}
plant() { # file, content, what the finding names (the file): must be found
    mkdir -p "$tree/$(dirname "$1")"
    printf '%b\n' "$2" > "$tree/$1"
    if output=$(run_check) || ! grep -qF "${3:-$1}" <<< "$output"; then
        echo "not found: $1 with: $2"
        failures=$((failures + 1))
    fi
    rm "$tree/$1"
}
allow() { # file, content: must pass, and stays
    mkdir -p "$tree/$(dirname "$1")"
    printf '%b\n' "$2" > "$tree/$1"
    if ! output=$(run_check); then
        echo "wrongly refused: $1 with: $2"
        echo "$output"
        failures=$((failures + 1))
    fi
}

allow stages/shape.hpp '#include <vector>\n#include <mollify/stages/error.hpp>'
allow stages/mollify.h '#include <stdint.h>'
allow stages/kernel.cpp '#include <immintrin.h>'
allow stages/decode/decode.cpp '#include <opencv2/imgcodecs.hpp>\n#include <turbojpeg.h>'
allow stages/kernel/private_vector.hpp '#include <immintrin.h>'
allow datasets/hdf5/private_library.hpp '#include <hdf5.h>'
allow datasets/hdf5/pack.cpp '#include <hdf5.h>'
allow stages/batch.cpp '#include <mollify/stages/kernel/words.hpp>'
allow trainers/program/study/study.cpp '#include <mollify/trainers/program/run/session.hpp>'
allow pipeline/node.hpp '#include <oneapi/tbb/flow_graph.h>'
allow trainers/model.hpp '#include <torch/torch.h>\n#include <mollify/pipeline/node.hpp>'
allow trainers/program/main.cpp '#include <CLI/CLI.hpp>'
allow tests/trainers/model_test.cpp '#include <torch/torch.h>\n#include <doctest/doctest.h>'
allow tests/pipeline/ring_test.cpp '#include "../support/counting_dataset.hpp"'
allow tests/examples/reuse.cpp '#include <tbb/flow_graph.h>'

plant stages/shape.cpp '#include <tbb/parallel_for.h>'
plant stages/shape2.cpp '  #  include  <oneapi/tbb.h>'
plant stages/batch.hpp '#include <immintrin.h>'
plant stages/decode/decode.hpp '#include <opencv2/core.hpp>'
plant stages/order.cpp '#include <mollify/datasets/sampler.hpp>'
plant stages/jpeg.cpp '#include <jpeglib.h>'
plant datasets/celeba.cpp '#include <opencv2/core.hpp>'
plant datasets/table.cpp '#include <H5Fpublic.h>'
plant datasets/hdf5/pack.hpp '#include <hdf5.h>'
plant datasets/private_file.hpp '#include <hdf5.h>'
plant datasets/sampler.hpp '#include <mollify/pipeline/node.hpp>'
plant datasets/table2.cpp '#include <mollify/datasets/hdf5/pack.hpp>'
plant pipeline/node.cpp '#include <ATen/core/Tensor.h>'
plant pipeline/ring.hpp '#include <c10/util/Optional.h>'
plant pipeline/log.cpp '#include <spdlog/spdlog.h>'
plant trainers/optimizer.hpp '#include <nlohmann/json.hpp>'
plant trainers/optimizer.cpp '#include <opencv2/core.hpp>'
plant trainers/check.cpp '#include <doctest/doctest.h>'
plant stages/kernel/back.hpp '#include <mollify/stages/shape.hpp>' 'stages -> stages/kernel'
plant trainers/program/run/back.cpp '#include <mollify/trainers/program/study/study.hpp>' 'trainers/program/run'
plant stages/error.cpp '#include <mollify/stages/shape.hpp>' 'stages/error'
plant tests/stages/shape_test.cpp '#include <torch/torch.h>'
plant tests/datasets/sampler_test.cpp '#include <tbb/parallel_for.h>'
plant stages/near.cpp '#include "shape.hpp"'
plant stages/long.hpp "$(printf '//\\n%.0s' {1..271})"
allow tests/stages/name_test.cpp 'TEST_CASE("a number of [0, 1] stays") {\n    x();\n}'
plant tests/stages/open_test.cpp 'TEST_CASE("a number of [0, 1) stays") {\n    x();\n}'
plant tests/stages/long_test.cpp 'TEST_CASE("a number of "\n          "[0, 1) stays") {\n    x();\n}'
plant tests/stages/list_test.cpp 'TEST_CASE("one; two") {\n}'
plant README.md "data in $(printf '/%s/me/cifar' home)"

if ((failures)); then
    echo "$failures of the planted cases went wrong"
    exit 1
fi
echo "every planted violation was found"
