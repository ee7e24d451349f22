#!/usr/bin/env bash
# Installs what is missing, builds the program, trains a flow with and without mollification on a built-in data set, and
# ends with a table and a picture.
#   ./quickstart.sh [arguments for `mollify study quickstart`, such as --out runs/mine --seeds 1]
set -euo pipefail
cd "$(dirname "$0")"
./setup.sh
cmake --preset release
cmake --build --preset release --target mollify
exec build/release/mollify study quickstart "$@"
