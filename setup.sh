#!/usr/bin/env bash
# Installs the Debian 12 packages that are missing, and nothing else. Uses sudo where it is not run as root.
#   ./setup.sh            everything: libraries, program, tests
#   ./setup.sh stages     a compiler, CMake and Ninja: enough for the mollification stage alone (--preset stages)
#   ./setup.sh bench ci   beside everything: Google Benchmark; what .ci/run adds (sanitizers, clang)
#   ./setup.sh --print …  prints what is missing, installs nothing
set -euo pipefail

stages=(g++ cmake ninja-build)
everything=(
    "${stages[@]}" ccache
    libopencv-core-dev libopencv-imgcodecs-dev libopencv-imgproc-dev libjpeg62-turbo-dev  # decode
    libhdf5-dev                                                                         # hdf5
    libtbb-dev                                                                          # pipeline
    libtorch-dev libopenblas0-pthread                                                   # trainers
    libcli11-dev libspdlog-dev libtomlplusplus-dev nlohmann-json3-dev gnuplot-nox       # the program
    doctest-dev librapidcheck-dev librandom123-dev libsimde-dev python3-h5py)           # tests
bench=(libbenchmark-dev)
ci=(dpkg-dev clang clang-format clang-tidy)

print=false
wanted=()
sections=0
for argument in "$@"; do
    case $argument in
        --print) print=true ;;
        stages) wanted+=("${stages[@]}"); sections=1 ;;
        bench) wanted+=("${everything[@]}" "${bench[@]}"); sections=1 ;;
        ci) wanted+=("${everything[@]}" "${ci[@]}"); sections=1 ;;
        *) echo "setup.sh: unknown argument '$argument'; there are: stages bench ci --print" >&2; exit 2 ;;
    esac
done
if ((sections == 0)); then wanted=("${everything[@]}"); fi

if ! command -v dpkg-query > /dev/null || ! command -v apt-get > /dev/null; then
    echo "setup.sh: this is not Debian; install by other means: ${wanted[*]}" >&2
    exit 1
fi

missing=()
for package in $(printf '%s\n' "${wanted[@]}" | sort -u); do
    if [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2> /dev/null) != installed ]]; then
        missing+=("$package")
    fi
done

if ((${#missing[@]} == 0)); then
    echo "setup.sh: all $(printf '%s\n' "${wanted[@]}" | sort -u | wc -l) packages are installed"
    exit 0
fi
echo "setup.sh: missing: ${missing[*]}"
if $print; then exit 0; fi

as_root=()
if ((EUID != 0)); then
    if ! command -v sudo > /dev/null; then
        echo "setup.sh: not root, and there is no sudo; run as root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi
apt_get() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes -o DPkg::Lock::Timeout=600 "$@"; }
apt_get update
apt_get install --no-install-recommends "${missing[@]}"
