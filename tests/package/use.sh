#!/usr/bin/env bash
# Configures, builds and runs the stranger's project with one component of an installation.
#   use.sh PREFIX SCRATCH COMPONENT [-DNAME=VALUE]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$2/use-$3${4:-}
rm -rf "$build"
cmake -S "$here/stranger" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$1" -DCOMPONENT="$3" "${@:4}"
cmake --build "$build"
ctest --test-dir "$build" --output-on-failure --no-tests=error
