#!/usr/bin/env bash
# Builds, installs and uses the preset "stages" in a mount namespace of its own in which only the headers of the
# compiler and the C library exist and CMake finds no package: a machine without any third-party package. Then shows
# doctest and rapidcheck alone and runs the tests of stages/.
#   isolated.sh SOURCE SCRATCH     exit status 77 (skipped) where there are no namespaces or no Debian package list
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source=$1
scratch=$2
toolchain="libc6-dev linux-libc-dev libcrypt-dev libstdc++-$(g++ -dumpversion)-dev"
triplet=$(g++ -dumpmachine)
folders=(/usr/include /usr/local/include /usr/local/lib/cmake /usr/lib/cmake /usr/share/cmake /usr/share/pkgconfig
         "/usr/lib/$triplet/cmake" "/usr/lib/$triplet/pkgconfig")

# view(name, packages): a copy of the folders that holds the files of these packages only.
view() {
    mkdir -p "${folders[@]/#/$scratch/$1}"
    dpkg-query --listfiles "${@:2}" | grep -E "^($(IFS='|' && echo "${folders[*]}"))/" | sort -u |
        tar --create --no-recursion --absolute-names --files-from=- |
        tar --extract --directory="$scratch/$1" --warning=no-timestamp 2> /dev/null
}

# show(name): lays a view over the machine's folders, inside the namespace.
show() {
    local folder
    for folder in "${folders[@]}"; do
        if [[ -d $folder ]]; then mount --bind "$scratch/$1$folder" "$folder"; fi
    done
}

if [[ ${3:-} != inside ]]; then
    namespace=(unshare --mount)
    if ((EUID != 0)); then namespace+=(--map-root-user); fi
    if ! "${namespace[@]}" true 2> /dev/null || ! dpkg-query --listfiles $toolchain > /dev/null; then
        echo "skipped: needs mount namespaces (unshare) and Debian's package list"
        exit 77
    fi
    rm -rf "$scratch"
    view alone $toolchain
    view tests $toolchain doctest-dev librapidcheck-dev
    exec "${namespace[@]}" "$0" "$source" "$scratch" inside
fi

show alone
if echo '#include <doctest/doctest.h>' | g++ -x c++ -fsyntax-only - 2> /dev/null; then
    echo "the isolation does not isolate: doctest is still seen"
    exit 1
fi
cd "$source"
cmake --preset stages -B "$scratch/build"
cmake --build "$scratch/build"
cmake --build "$scratch/build" --target all_verify_interface_header_sets
cmake --install "$scratch/build" --prefix "$scratch/prefix"
"$here/use.sh" "$scratch/prefix" "$scratch" stages

show tests
cmake --preset stages -B "$scratch/build" -DMOLLIFY_TESTS=ON
cmake --build "$scratch/build"
ctest --test-dir "$scratch/build" --output-on-failure --no-tests=error --tests-regex '^stages:'
