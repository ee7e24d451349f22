#!/usr/bin/env bash
# Installs what is missing, builds everything and passes the tests.
#   ./check.sh [arguments for ctest, such as -R 'stages:']
set -euo pipefail
cd "$(dirname "$0")"
./setup.sh
cmake --preset release
cmake --build --preset release
ctest --preset release "$@"
