#!/usr/bin/env bash
# Compares the README's snippets with the files that they come from.   check-readme.sh README.md
#
#   <!-- from: tests/examples/compose.cpp pipeline -->        in the README, on the line before a fenced block: the block
#   ```cpp                                                    must equal the lines between "// [pipeline]" and
#   …                                                         "// [/pipeline]" in that file ("# [pipeline]" in scripts),
#   ```                                                       apart from their common indentation.
#
# C and C++ blocks must all be marked, so that no snippet goes uncompiled.
set -euo pipefail
readme=$1
root=$(cd "$(dirname "$readme")" && pwd)
[[ -f $readme ]] || { echo "$readme: not there"; exit 1; }

exec awk -v root="$root" '
function fail(line, what) { printf "%s:%d: %s\n", FILENAME, line, what; failed = 1 }

function indentation(text) { match(text, /^ */); return text ~ /^ *$/ ? 1000 : RLENGTH }

# The lines of a region, with their common indentation removed.
function region(path, name,    line, count, lines, inside, found, least, i, text) {
    least = 1000
    while ((status = (getline line < path)) > 0) {
        if (line ~ "^ *(//|#) \\[" name "\\]$") { inside = found = 1; continue }
        if (line ~ "^ *(//|#) \\[/" name "\\]$") { inside = 0; continue }
        if (inside) {
            lines[++count] = line
            if (indentation(line) < least) least = indentation(line)
        }
    }
    close(path)
    if (status < 0) return "no such file: " path
    if (!found) return "no region [" name "] in " path
    if (inside) return "the region [" name "] is not closed in " path
    for (i = 1; i <= count; ++i) text = text substr(lines[i], least + 1) "\n"
    return text
}

!fenced && /^<!-- from: [^ ]+ [^ ]+ -->$/ { file = $3; name = $4; marked = FNR; next }
!fenced && /^```/ {
    fenced = FNR
    block = ""
    if (marked != FNR - 1) marked = 0
    if (!marked && $0 ~ /^```(c|cpp|c\+\+|cc)$/) fail(FNR, "a snippet that is not marked with the file it comes from")
    next
}
fenced && /^```$/ {
    if (marked) {
        ++compared
        expected = region(root "/" file, name)
        if (block != expected) fail(fenced, "differs from region " name " of " file ", which is:\n" expected)
    }
    fenced = marked = 0
    next
}
fenced { block = block $0 "\n" }
END {
    if (fenced) fail(fenced, "the block is not closed")
    if (!failed) printf "%d snippets equal their regions\n", compared
    exit failed
}' "$readme"
