#!/usr/bin/env bash
# A folder is a dependency boundary: reports every include that its folder does not allow, headers over 300 lines, and
# absolute paths of somebody's machine, and test names that CTest would stumble over.   check.sh ROOT PUBLIC_HEADERS
# PUBLIC_HEADERS is a file with the headers that are installed, one a line; the others count as sources.
# Exit status 1 with one line per finding, 0 without.
set -euo pipefail
public=$(sort "$2")
cd "$1"

find_files() { find . -name .git -prune -o -path ./build -prune -o -path ./runs -prune -o -path ./data -prune -o -type f "$@" -print | sed 's|^\./||' | sort; }

# Every include as "file:line:name", name with its <> or "".
includes=$(find_files \( -name '*.hpp' -o -name '*.cpp' -o -name '*.h' -o -name '*.c' -o -name '*.cu' -o -name '*.cuh' -o -name '*.inc' \) |
    xargs --no-run-if-empty grep -HnoE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"][^>"]+[>"]' |
    sed -E 's/#[[:space:]]*include[[:space:]]*//; s/:[[:space:]]+([<"])/:\1/' || true)

public_includes=$(awk -F: 'NR == FNR { public[$1]; next } $1 in public' <(echo "$public") <(echo "$includes"))

findings=""
report() { # reason, lines
    [[ -z $2 ]] || findings+=$(sed "s|\$|   $1|" <<< "$2")$'\n'
}

# sources(what, included names, files that may): whoever else includes one of the names is reported.
sources() { report "$1 is not for this folder" "$(grep -E ":[<\"]($2)" <<< "$includes" | grep -vE "^($3)" || true)"; }

# headers(folder, names that its installed headers may include): the rest is reported.
headers() {
    report "not for an installed header of $1/" \
        "$(grep "^$1/" <<< "$public_includes" | grep -vE ":<($2)>\$" || true)"
}

standard='[a-z_]+|std(int|def|bool)\.h'
headers stages "$standard|mollify/stages/.*"
headers datasets "$standard|mollify/(stages|datasets)/.*"
headers pipeline "$standard|mollify/(stages|datasets|pipeline)/.*|(oneapi/)?tbb/.*|oneapi/tbb\.h"
headers trainers "$standard|mollify/.*|(oneapi/)?tbb/.*|(torch|ATen|c10)/.*"

anywhere_in_tests='tests/(bench|examples|package|support)/'
sources "oneTBB" '(oneapi/)?tbb[/.]' "pipeline/|tests/pipeline/|$anywhere_in_tests"
sources "LibTorch" '(torch|ATen|c10|caffe2)/' "trainers/|tests/trainers/|$anywhere_in_tests"
sources "OpenCV" 'opencv2/' "stages/decode/|tests/stages/|$anywhere_in_tests"
sources "HDF5" '(hdf5|H5[A-Za-z0-9]*|hdf5_hl)\.h|highfive/' "datasets/hdf5/|tests/datasets/|$anywhere_in_tests"
sources "a JPEG or PNG library" '(turbojpeg|jpeglib|png)\.h' "stages/decode/|tests/stages/|$anywhere_in_tests"
sources "CUDA" '(cuda|cublas|cudnn|nvtx3/|cub/|thrust/)[a-z_0-9]*' "stages/cuda/[^:]*\.cuh?:|trainers/|tests/"
sources "a library of the program" '(CLI|spdlog|toml\+\+|nlohmann|gnuplot-iostream)' "trainers/|tests/trainers/|$anywhere_in_tests"
sources "a test library" '(doctest|rapidcheck|benchmark)[/.]' "tests/"
sources "a higher folder" 'mollify/(datasets|pipeline|trainers)/' "datasets/|pipeline/|trainers/|tests/"
sources "a higher folder" 'mollify/(pipeline|trainers)/' "pipeline/|trainers/|tests/"
sources "a higher folder" 'mollify/trainers/' "trainers/|tests/"
sources "the decode target" 'mollify/stages/decode/' "stages/decode/|trainers/|tests/"
sources "the hdf5 target" 'mollify/datasets/hdf5/' "datasets/hdf5/|trainers/|tests/"

report 'one spelling: <mollify/folder/file.hpp>' "$(grep -E '^(stages|datasets|pipeline|trainers)/.*:"' <<< "$includes" || true)"

# Edges "from to" between folders, and between ideas (a header and its sources are one).
own_includes=$(sed -nE 's,^((stages|datasets|pipeline|trainers)/[^:]*):[0-9]+:<mollify/([^>]*)>$,\1 \3,p' <<< "$includes")
folder_edges=$(sed -E 's,/[^/ ]*( |$),\1,g' <<< "$own_includes" | awk 'NF == 2 && $1 != $2' | sort -u)
idea_edges=$(sed -E 's,\.[a-z]+( |$),\1,g' <<< "$own_includes" | awk 'NF == 2 && $1 != $2' | sort -u)
# cycles(edges): what tsort cannot put in order, a line per loop with its members.
cycles() {
    tsort <<< "$1" 2>&1 > /dev/null | sed 's/^tsort: //' |
        awk '/^-: input contains a loop/ { if (loop) print loop; loop = ""; next }
             { loop = loop (loop ? " -> " : "") $0 }
             END { if (loop) print loop }'
}
report 'folders include each other in a circle: open it' "$(cycles "$folder_edges")"
report 'files include each other in a circle: open it' "$(cycles "$idea_edges")"

header_lengths=$(find_files \( -name '*.hpp' -o -name '*.h' -o -name '*.cuh' \) |
    xargs --no-run-if-empty wc -l | awk '$2 != "total" { print $1, $2 }' | sort -n)
report 'a header over 270 lines: split it by idea' "$(awk '$1 > 270 { print $2 ": " $1 }' <<< "$header_lengths")"
report 'the median header is over 50 lines' \
    "$(awk '{ length_of[NR] = $1 } END { if (NR && length_of[int((NR + 1) / 2)] > 50) print "median: " length_of[int((NR + 1) / 2)] }' <<< "$header_lengths")"

# doctest's CMake script reads the list of test cases as a CMake list, in which these swallow all that follows.
report 'a test name with unbalanced [ ] or with ; loses the tests after it' "$(find_files -path './tests/*.cpp' |
    xargs --no-run-if-empty awk '
        /^ *TEST_CASE/ { name = ""; where = FILENAME ":" FNR; open = 1 }
        open { name = name $0 }
        open && /\{ *$/ {
            open = 0
            sub(/\{ *$/, "", name)
            if (name ~ /;/ || gsub(/\[/, "", name) != gsub(/\]/, "", name)) print where ": " name
        }')"

report 'a path of one machine' "$(find_files | xargs --no-run-if-empty grep -HnIE '(^|[^A-Za-z0-9_.}/-])/(home|root|work|Users)/' || true)"

if [[ -n $findings ]]; then
    printf '%s' "$findings"
    exit 1
fi
echo "boundaries hold: $(grep -c . <<< "$includes" || true) includes looked at"
